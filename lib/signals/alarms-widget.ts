import { CfnResource } from 'aws-cdk-lib';
import { ConcreteWidget } from 'aws-cdk-lib/aws-cloudwatch';
import type { Construct } from 'constructs';

const TYPES = ['AWS::CloudWatch::Alarm', 'AWS::CloudWatch::CompositeAlarm'];

/** The state of every alarm below a construct, looked for when the template is written; at most the 100 that fit. */
export class AlarmsWidget extends ConcreteWidget {
  readonly #gate: Construct;
  readonly #title: string;

  constructor(gate: Construct, { title, width, height }: { title: string; width: number; height: number }) {
    super(width, height);
    this.#gate = gate;
    this.#title = title;
  }

  toJson(): unknown[] {
    const alarms = this.#gate.node
      .findAll()
      .filter((node): node is CfnResource => CfnResource.isCfnResource(node) && TYPES.includes(node.cfnResourceType))
      .map((alarm) => alarm.getAtt('Arn').toString())
      .slice(0, 100);
    const { width, height, x, y } = this;
    return [{ type: 'alarm', width, height, x, y, properties: { title: this.#title, alarms } }];
  }
}
