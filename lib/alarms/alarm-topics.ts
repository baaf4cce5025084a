import type { IKey } from 'aws-cdk-lib/aws-kms';
import { type ITopic, Topic } from 'aws-cdk-lib/aws-sns';
import type { Construct } from 'constructs';
import { SEVERITIES, type Severity } from '../../lambda/policy/alarm-catalogue.ts';
import type { AlarmsPolicy } from '../../lambda/policy/alarms.ts';
import { AlarmTopic } from './alarm-topic.ts';
import { SlackChannels, subscribe } from './receivers.ts';

/** Topics of the app's own; absent: those of the policy, else new ones. */
export type GivenTopics = { readonly [severity in Severity]?: ITopic | undefined };

/**
 * The topics for pages and tickets, with their receivers. New ones share one key, which costs by the month.
 *
 * Their construct ids are those from before there were tickets: a topic that is replaced loses its subscribers.
 */
export class AlarmTopics {
  /** The key of the topics that were made here. */
  readonly key?: IKey;
  readonly #topics: Readonly<Record<Severity, ITopic>>;

  constructor(scope: Construct, policy: Pick<AlarmsPolicy, Severity>, given: GivenTopics) {
    const made = new Made(scope);
    const slack = new SlackChannels(scope, 'Slack');
    const topics = SEVERITIES.map((severity) => {
      const { [severity]: receivers } = policy;
      const topic =
        given[severity] ??
        (receivers?.topic !== undefined
          ? Topic.fromTopicArn(scope, `${IDS[severity]}Given`, receivers.topic)
          : made.topic(severity));
      if (receivers) {
        subscribe(topic, receivers);
        slack.add(receivers, topic);
      }
      return [severity, topic] as const;
    });
    this.#topics = Object.fromEntries(topics) as Record<Severity, ITopic>;
    if (made.key) this.key = made.key;
  }

  of(severity: Severity): ITopic {
    return this.#topics[severity];
  }
}

const IDS = { page: 'Alarms', ticket: 'Tickets' } as const satisfies Record<Severity, string>;
const NAMES = { page: 'Headgate alarms', ticket: 'Headgate tickets' } as const satisfies Record<Severity, string>;

class Made {
  key: IKey | undefined;
  readonly #scope: Construct;

  constructor(scope: Construct) {
    this.#scope = scope;
  }

  topic(severity: Severity): ITopic {
    const { key } = this;
    const made = new AlarmTopic(this.#scope, IDS[severity], { displayName: NAMES[severity], ...(key && { key }) });
    this.key = made.key;
    return made.topic;
  }
}
