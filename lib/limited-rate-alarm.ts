import { Duration } from 'aws-cdk-lib';
import { Alarm, ComparisonOperator, type IMetric, MathExpression, TreatMissingData } from 'aws-cdk-lib/aws-cloudwatch';
import { SnsAction } from 'aws-cdk-lib/aws-cloudwatch-actions';
import type { ITopic } from 'aws-cdk-lib/aws-sns';
import { Construct } from 'constructs';
import { AlarmTopic } from './alarm-topic.ts';
import { DeployError } from './deploy-error.ts';

export interface LimitedRateAlarmProps {
  /** Where the message goes. @default - a new topic under a key of its own */
  readonly topic?: ITopic;
  /** The share of a minute's requests, in percent, from which on the minute counts. Above 0, at most 100. @default 10 */
  readonly thresholdPercent?: number;
  /** A minute with fewer requests never counts: 1 of 3 is no incident. At least 1. @default 100 */
  readonly minimumRequests?: number;
  /** How many minutes are looked at. 1 to 60. @default 5 */
  readonly periods?: number;
  /** How many of them must count. 1 to `periods`. @default - 3, or `periods` where that is fewer */
  readonly datapointsToAlarm?: number;
}

/** Pages when the share of limited requests rises. It needs no function of ours: alarm to topic, nothing between. */
export class LimitedRateAlarm extends Construct {
  readonly alarm: Alarm;
  readonly topic: ITopic;
  /** Present where no topic was given. */
  readonly ownTopic?: AlarmTopic;

  constructor(
    scope: Construct,
    id: string,
    metrics: { readonly allowed: IMetric; readonly limited: IMetric },
    props: LimitedRateAlarmProps = {},
  ) {
    super(scope, id);
    const { thresholdPercent = 10, minimumRequests = 100, periods = 5 } = props;
    const { datapointsToAlarm = Math.min(3, periods) } = props;
    check('thresholdPercent', thresholdPercent, thresholdPercent > 0 && thresholdPercent <= 100, 'above 0 up to 100');
    check('minimumRequests', minimumRequests, whole(minimumRequests, 1, 1e9), 'a whole number from 1');
    check('periods', periods, whole(periods, 1, 60), 'a whole number from 1 to 60');
    check('datapointsToAlarm', datapointsToAlarm, whole(datapointsToAlarm, 1, periods), `1 to ${periods} (periods)`);
    if (props.topic) {
      this.topic = props.topic;
    } else {
      this.ownTopic = new AlarmTopic(this, 'Alarms');
      this.topic = this.ownTopic.topic;
    }
    const share = `100*FILL(limited,0)/(${TOTAL})`;
    this.alarm = new Alarm(this, 'LimitedRate', {
      alarmDescription: `At least ${thresholdPercent} % of the requests were answered 429 (of ${minimumRequests} or more a minute, in ${datapointsToAlarm} of ${periods} minutes).`,
      metric: new MathExpression({
        expression: `IF(${TOTAL} >= ${minimumRequests}, ${share}, 0)`,
        usingMetrics: { allowed: metrics.allowed, limited: metrics.limited },
        label: 'Limited requests (%)',
        period: Duration.minutes(1),
      }),
      comparisonOperator: ComparisonOperator.GREATER_THAN_OR_EQUAL_TO_THRESHOLD,
      threshold: thresholdPercent,
      evaluationPeriods: periods,
      datapointsToAlarm,
      treatMissingData: TreatMissingData.NOT_BREACHING,
    });
    this.alarm.addAlarmAction(new SnsAction(this.topic));
  }
}

const TOTAL = 'FILL(allowed,0)+FILL(limited,0)';

function whole(value: number, from: number, to: number): boolean {
  return Number.isInteger(value) && value >= from && value <= to;
}

function check(name: string, value: number, holds: boolean, allowed: string): void {
  if (!holds) throw new DeployError('badProperty', `alarm.${name} is ${value}; allowed: ${allowed}.`);
}
