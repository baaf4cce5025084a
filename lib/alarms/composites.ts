import { Duration, Lazy, Tags } from 'aws-cdk-lib';
import { type Alarm, CompositeAlarm } from 'aws-cdk-lib/aws-cloudwatch';
import { SnsAction } from 'aws-cdk-lib/aws-cloudwatch-actions';
import type { ITopic } from 'aws-cdk-lib/aws-sns';
import { Construct } from 'constructs';
import { type AlarmGroup, type AlarmId, compositeName, type Severity } from '../../lambda/policy/alarm-catalogue.ts';
import { commandTarget } from '../command-target.ts';
import { runbookOf } from './alarm-text.ts';

export interface CompositesParts {
  readonly gateName: string;
  readonly runbook?: string | undefined;
  readonly topicOf: (severity: Severity) => ITopic;
}

const MEANINGS: Readonly<Record<AlarmGroup, string>> = {
  callers: 'Callers ask for more than they may.',
  limiter: 'Headgate itself is not well.',
};
/** How long a ticket waits for the page of the same cause: the two look at different numbers of minutes. */
const WAIT_FOR_PAGE = Duration.minutes(5);
/** How long a ticket keeps silent when the page is over: its own alarm looks back further. */
const AFTER_PAGE = Duration.minutes(10);

/**
 * Alarms of one cause are heard once: an attack that sets three alarms off sends one page, when the first goes off. Their own
 * alarms have no actions. Tickets of a group are not sent while its page is on.
 */
export class Composites extends Construct {
  readonly #parts: CompositesParts;
  readonly #composites = new Map<string, { readonly alarm: CompositeAlarm; readonly members: Map<AlarmId, Alarm> }>();

  constructor(scope: Construct, id: string, parts: CompositesParts) {
    super(scope, id);
    this.#parts = parts;
  }

  /** Makes an alarm heard by the composite alarm of its group. Pages go first: tickets wait for them. */
  add(group: AlarmGroup, severity: Severity, id: AlarmId, alarm: Alarm): CompositeAlarm {
    const composite = this.#composites.get(`${group} ${severity}`) ?? this.#make(group, severity);
    composite.members.set(id, alarm);
    return composite.alarm;
  }

  #make(group: AlarmGroup, severity: Severity) {
    const { gateName, topicOf, runbook } = this.#parts;
    const members = new Map<AlarmId, Alarm>();
    const page = severity === 'ticket' ? this.#composites.get(`${group} page`) : undefined;
    const links = () => [...members.keys()].map((id) => `${id}: ${runbookOf(id, runbook)}`).join('\n');
    const rule = () => [...members.values()].map(({ alarmArn }) => `ALARM("${alarmArn}")`).join(' OR ');
    const alarm = new CompositeAlarm(this, `${capital(group)}${capital(severity)}`, {
      compositeAlarmName: compositeName(gateName, group, severity),
      alarmDescription: Lazy.string({
        produce: () =>
          `${MEANINGS[group]} First: npx headgate status --stack ${commandTarget(this, gateName)}\nOne or more of these are on:\n${links()}`,
      }),
      // Members can come later: whether the gateway's throttles are counted is known when an API is protected.
      alarmRule: { renderAlarmRule: () => Lazy.string({ produce: rule }) },
      ...(page && {
        actionsSuppressor: page.alarm,
        actionsSuppressorWaitPeriod: WAIT_FOR_PAGE,
        actionsSuppressorExtensionPeriod: AFTER_PAGE,
      }),
    });
    const action = new SnsAction(topicOf(severity));
    alarm.addAlarmAction(action);
    const tags = { gate: gateName, alarm: group, severity };
    for (const [key, value] of Object.entries(tags)) Tags.of(alarm).add(`headgate:${key}`, value);
    // A pager closes what it opened.
    if (severity === 'page') alarm.addOkAction(action);
    const made = { alarm, members };
    this.#composites.set(`${group} ${severity}`, made);
    return made;
  }
}

const capital = (word: string): string => `${word[0]!.toUpperCase()}${word.slice(1)}`;
