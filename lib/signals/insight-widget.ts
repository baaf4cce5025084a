import { ConcreteWidget } from 'aws-cdk-lib/aws-cloudwatch';

export interface InsightWidgetProps {
  readonly title: string;
  readonly ruleName: string;
  readonly region: string;
  readonly width: number;
  readonly height: number;
}

/** The heaviest contributors of a Contributor Insights rule, minute by minute; aws-cdk-lib has no widget for it. */
export class InsightWidget extends ConcreteWidget {
  readonly #props: InsightWidgetProps;

  constructor(props: InsightWidgetProps) {
    super(props.width, props.height);
    this.#props = props;
  }

  toJson(): unknown[] {
    const { title, ruleName, region } = this.#props;
    return [
      {
        type: 'metric',
        width: this.width,
        height: this.height,
        x: this.x,
        y: this.y,
        properties: {
          title,
          region,
          view: 'timeSeries',
          stacked: false,
          period: 60,
          legend: { position: 'right' },
          insightRule: { ruleName, maxContributorCount: 10, orderBy: 'Sum' },
        },
      },
    ];
  }
}
