import { type CloudWatchClient, type CompositeAlarm, DescribeAlarmsCommand } from '@aws-sdk/client-cloudwatch';
import { ListSubscriptionsByTopicCommand, type SNSClient } from '@aws-sdk/client-sns';
import {
  type AlarmId,
  alarmDescription,
  alarmName,
  compositeName,
  SEVERITIES,
  type Severity,
} from '../../lambda/policy/alarm-catalogue.ts';
import { AlarmIsOnError, NothingToRehearseError } from './drill-error.ts';

/** Who gets the messages of a topic, by protocol: `{ email: 2, https: 1 }`. Their addresses can be secrets and are not kept. */
export interface Receivers {
  readonly confirmed: Readonly<Record<string, number>>;
  /** Have not answered the request to confirm: they get nothing. */
  readonly unconfirmed: number;
}

export interface Topic {
  readonly arn: string;
  readonly receivers: Receivers;
}

/** The alarm of a drill, and where what it says goes, as it is deployed. */
export interface DrillTarget {
  readonly gate: string;
  readonly alarm: string;
  /** The alarm whose message is sent: the composite alarm of its group, or itself. */
  readonly heardAs: string;
  readonly severity: Severity;
  /** `arn:aws:cloudwatch:REGION:ACCOUNT:alarm:NAME` */
  readonly alarmArn: string;
  readonly topic: Topic;
  /** Absent where no report is deployed. */
  readonly report?: Topic;
  /** Seconds for which a ticket waits for the page of the same cause: longer than a drill's state lasts. */
  readonly waitsForPage?: number;
}

interface Clients {
  readonly cloudwatch: Pick<CloudWatchClient, 'send'>;
  readonly sns: Pick<SNSClient, 'send'>;
}

/**
 * Finds an alarm and its topic as they are deployed, not as they should be.
 *
 * @param reportTopic its ARN, where a report is deployed
 * @throws NothingToRehearseError (HG280), AlarmIsOnError (HG281)
 */
export async function findTarget(
  { cloudwatch, sns }: Clients,
  gate: string,
  id: AlarmId,
  reportTopic: string | undefined,
): Promise<DrillTarget> {
  const alarm = alarmName(gate, id);
  const { group } = alarmDescription(id);
  const composites = group ? SEVERITIES.map((severity) => compositeName(gate, group, severity)) : [];
  const { MetricAlarms = [], CompositeAlarms = [] } = await cloudwatch.send(
    new DescribeAlarmsCommand({ AlarmNames: [alarm, ...composites], AlarmTypes: ['MetricAlarm', 'CompositeAlarm'] }),
  );
  const own = MetricAlarms.find(({ AlarmName }) => AlarmName === alarm);
  if (!own?.AlarmArn) {
    throw new NothingToRehearseError(
      `there is no alarm ${alarm}. Is it \`severity: none\`, or is the gate deployed without alarms?`,
    );
  }
  const composite = CompositeAlarms.find(({ AlarmRule }) => mentions(AlarmRule, alarm, own.AlarmArn!));
  const heard = own.AlarmActions?.length || !composite ? own : composite;
  const heardAs = heard.AlarmName!;
  for (const one of [own, heard]) if (one.StateValue === 'ALARM') throw new AlarmIsOnError(one.AlarmName!);
  const topicArn = heard.AlarmActions?.find((action) => action.split(':')[2] === 'sns');
  if (!topicArn) throw new NothingToRehearseError(`the alarm ${heardAs} sends to no topic: nobody hears of it`);
  if (heard.ActionsEnabled === false) {
    throw new NothingToRehearseError(`the actions of ${heardAs} are switched off: nobody hears of it`);
  }
  const waitsForPage = heard === composite ? suppressedFor(composite) : undefined;
  if (waitsForPage !== undefined && reportTopic === undefined) {
    throw new NothingToRehearseError(
      `${heardAs} waits for the page of the same cause, longer than a drill lasts, and no report is deployed: nothing could be followed`,
    );
  }
  const topic = async (arn: string) => ({ arn, receivers: await receiversOf(sns, arn) });
  return {
    gate,
    alarm,
    heardAs,
    severity: severityOf(heardAs, id),
    alarmArn: own.AlarmArn,
    topic: await topic(topicArn),
    ...(reportTopic !== undefined && { report: await topic(reportTopic) }),
    ...(waitsForPage !== undefined && { waitsForPage }),
  };
}

/** A rule names its alarms by ARN or by name, in quotes or bare. */
function mentions(rule: string | undefined, name: string, arn: string): boolean {
  return (rule ?? '').split(/["'()\s]+/).some((word) => word === name || word === arn);
}

function suppressedFor({ ActionsSuppressor, ActionsSuppressorWaitPeriod }: CompositeAlarm): number | undefined {
  return ActionsSuppressor ? (ActionsSuppressorWaitPeriod ?? 0) : undefined;
}

/** A severity can be set by the policy: the composite alarm's name has it. */
function severityOf(heardAs: string, id: AlarmId): Severity {
  return SEVERITIES.find((severity) => heardAs.endsWith(`-${severity}`)) ?? alarmDescription(id).severity;
}

async function receiversOf(sns: Clients['sns'], TopicArn: string): Promise<Receivers> {
  const confirmed: Record<string, number> = {};
  let unconfirmed = 0;
  let NextToken: string | undefined;
  do {
    const page = await sns.send(new ListSubscriptionsByTopicCommand({ TopicArn, NextToken }));
    for (const { Protocol = 'unknown', SubscriptionArn } of page.Subscriptions ?? []) {
      if (SubscriptionArn?.startsWith('arn:')) confirmed[Protocol] = (confirmed[Protocol] ?? 0) + 1;
      else unconfirmed++;
    }
    NextToken = page.NextToken;
  } while (NextToken !== undefined);
  return { confirmed, unconfirmed };
}
