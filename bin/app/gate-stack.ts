import { CfnOutput, type Duration, Stack, type StackProps } from 'aws-cdk-lib';
import type { Construct } from 'constructs';
import { Headgate, type RateLimitPolicy } from '../../lib/index.ts';

export interface GateStackProps extends StackProps {
  /** With `apis`: the gate stands before them. */
  readonly policy: RateLimitPolicy;
  /** How long a decision may wait for the counters, the first of a container too. @default - Headgate's own */
  readonly storeDeadline?: Duration;
  /** How long metrics are gathered before they are written. @default - Headgate's own */
  readonly metricsInterval?: Duration;
  /** @default - the handlers of the installed package */
  readonly handlers?: string;
}

/** A gate and no API: it is attached to those that the policy names. */
export class GateStack extends Stack {
  readonly gate: Headgate;

  constructor(
    scope: Construct,
    id: string,
    { policy, storeDeadline, metricsInterval, handlers, ...props }: GateStackProps,
  ) {
    super(scope, id, props);
    this.gate = new Headgate(this, 'Headgate', {
      policy,
      ...(storeDeadline && { storeDeadline, firstStoreDeadline: storeDeadline }),
      ...(metricsInterval && { metricsInterval }),
      ...(handlers !== undefined && { handlers }),
    });
    const { gate } = this;
    const outputs = {
      CountersTableName: gate.counters.table.tableName,
      RegistryTableName: gate.registry.table.tableName,
      AlarmTopicArn: gate.alarms!.topic.topicArn,
      // Absent where the policy wants no such alarm.
      LimitedAlarmName: gate.alarm?.alarm.alarmName,
      PageAlarmName: gate.alarms!.heardAs('limited-rate')?.alarmName,
      AuthorizerFunctionName: gate.authorizer.fn.functionName,
    };
    for (const [name, value] of Object.entries(outputs)) if (value) new CfnOutput(this, name, { value });
  }
}
