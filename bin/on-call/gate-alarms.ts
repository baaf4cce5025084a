import { type CloudWatchClient, DescribeAlarmsCommand } from '@aws-sdk/client-cloudwatch';
import { ALARM_CATALOGUE } from '../../lambda/policy/alarm-catalogue.ts';
import { oneLine } from '../cli/shown-text.ts';

export interface AlarmState {
  /** The end of its name, and its heading in the runbook: `limited-rate`. */
  readonly id: string;
  readonly state: string;
  /** Since when, ISO 8601. */
  readonly since?: string;
  readonly reason: string;
  /** `page` or `ticket`, where it is one of Headgate's. */
  readonly severity?: string;
}

/** The alarms of a gate, those that are on first. An alarm of another gate whose name begins like this one's is left out. */
export async function readAlarms(client: Pick<CloudWatchClient, 'send'>, gate: string): Promise<readonly AlarmState[]> {
  const alarms: AlarmState[] = [];
  let token: string | undefined;
  do {
    const { MetricAlarms, CompositeAlarms, NextToken } = await client.send(
      new DescribeAlarmsCommand({
        AlarmNamePrefix: `${gate}-`,
        AlarmTypes: ['MetricAlarm', 'CompositeAlarm'],
        NextToken: token,
      }),
    );
    for (const { AlarmName, StateValue, StateReason, StateUpdatedTimestamp } of [
      ...(MetricAlarms ?? []),
      ...(CompositeAlarms ?? []),
    ]) {
      const id = AlarmName?.slice(gate.length + 1) ?? '';
      const known = Object.hasOwn(ALARM_CATALOGUE, id)
        ? ALARM_CATALOGUE[id as keyof typeof ALARM_CATALOGUE]
        : undefined;
      if (!known && Object.keys(ALARM_CATALOGUE).some((other) => id.endsWith(`-${other}`))) continue;
      alarms.push({
        id: oneLine(id),
        state: StateValue ?? 'UNKNOWN',
        ...(StateUpdatedTimestamp && { since: StateUpdatedTimestamp.toISOString() }),
        reason: oneLine(StateReason ?? ''),
        ...(known && { severity: known.severity }),
      });
    }
    token = NextToken;
  } while (token !== undefined);
  const rank = ({ state }: AlarmState) => (state === 'ALARM' ? 0 : state === 'OK' ? 2 : 1);
  return alarms.sort((a, b) => rank(a) - rank(b) || a.id.localeCompare(b.id));
}
