import { type SNSClient, SubscribeCommand, UnsubscribeCommand } from '@aws-sdk/client-sns';
import {
  CreateQueueCommand,
  DeleteMessageBatchCommand,
  DeleteQueueCommand,
  ReceiveMessageCommand,
  type SQSClient,
} from '@aws-sdk/client-sqs';
import { DrillRefusedError } from './drill-error.ts';

/** A message of a topic. */
export interface Heard {
  readonly topicArn: string;
  /** What was published, where that is JSON; undefined otherwise. */
  readonly content: unknown;
}

interface Clients {
  readonly sqs: Pick<SQSClient, 'send'>;
  readonly sns: Pick<SNSClient, 'send'>;
}

/** Longer than SQS may hold an answer back. Seconds. */
const LONGEST_POLL = 20;
const RETENTION_SECONDS = 600;

/** A queue of its own that listens to topics for a while, as a pager would. */
export class ListeningQueue {
  readonly #clients: Clients;
  readonly #name: string;
  /** ARNs have their partition, region and account in common with this one. */
  readonly #neighbour: string;
  #url: string | undefined;
  readonly #subscriptions: string[] = [];

  /** @param neighbour the ARN of something in the account and region where the queue will be */
  constructor(clients: Clients, name: string, neighbour: string) {
    this.#clients = clients;
    this.#name = name;
    this.#neighbour = neighbour;
  }

  /** @throws DrillRefusedError (HG283); what has been made until then is removed by `close` */
  async open(topicArns: readonly string[]): Promise<void> {
    const { sqs, sns } = this.#clients;
    const [, partition, , region, account] = this.#neighbour.split(':');
    const arn = `arn:${partition}:sqs:${region}:${account}:${this.#name}`;
    const statement = {
      Effect: 'Allow',
      Principal: { Service: 'sns.amazonaws.com' },
      Action: 'sqs:SendMessage',
      Resource: arn,
      Condition: { ArnEquals: { 'aws:SourceArn': topicArns } },
    };
    // With its policy at once: a change of a queue's policy takes up to a minute to be known everywhere.
    const Policy = JSON.stringify({ Version: '2012-10-17', Statement: [statement] });
    const Attributes = { Policy, MessageRetentionPeriod: String(RETENTION_SECONDS) };
    const create = new CreateQueueCommand({ QueueName: this.#name, Attributes });
    this.#url = (await attempt('make a queue', () => sqs.send(create))).QueueUrl!;
    for (const TopicArn of topicArns) {
      const subscribe = new SubscribeCommand({ TopicArn, Protocol: 'sqs', Endpoint: arn, ReturnSubscriptionArn: true });
      const { SubscriptionArn } = await attempt(`subscribe to ${TopicArn}`, () => sns.send(subscribe));
      this.#subscriptions.push(SubscriptionArn!);
    }
  }

  /** What has come, as soon as something has; nothing after `seconds`. */
  async receive(seconds: number, signal: AbortSignal): Promise<readonly Heard[]> {
    const { sqs } = this.#clients;
    const QueueUrl = this.#url!;
    const WaitTimeSeconds = Math.max(0, Math.min(LONGEST_POLL, Math.ceil(seconds)));
    const receive = new ReceiveMessageCommand({ QueueUrl, WaitTimeSeconds, MaxNumberOfMessages: 10 });
    const { Messages = [] } = await attempt('read the queue', () => sqs.send(receive, { abortSignal: signal }));
    if (Messages.length === 0) return [];
    const Entries = Messages.map(({ ReceiptHandle }, index) => ({ Id: String(index), ReceiptHandle: ReceiptHandle! }));
    await attempt('read the queue', () => sqs.send(new DeleteMessageBatchCommand({ QueueUrl, Entries })));
    return Messages.map(({ Body }) => heard(Body ?? ''));
  }

  /** Removes all that `open` has made, as far as it can. @returns what is left, each with the reason */
  async close(): Promise<readonly string[]> {
    const { sqs, sns } = this.#clients;
    const left: string[] = [];
    const remove = async (what: string, send: () => Promise<unknown>) => {
      await send().catch((error: unknown) => left.push(`${what} (${error instanceof Error ? error.name : error})`));
    };
    for (const SubscriptionArn of this.#subscriptions) {
      await remove(`the subscription ${SubscriptionArn}`, () => sns.send(new UnsubscribeCommand({ SubscriptionArn })));
    }
    const QueueUrl = this.#url;
    if (QueueUrl) await remove(`the queue ${QueueUrl}`, () => sqs.send(new DeleteQueueCommand({ QueueUrl })));
    return left;
  }
}

function heard(body: string): Heard {
  const envelope = (parsed(body) ?? {}) as { TopicArn?: unknown; Message?: unknown };
  return { topicArn: String(envelope.TopicArn), content: parsed(String(envelope.Message)) };
}

function parsed(text: string): unknown {
  try {
    return JSON.parse(text);
  } catch {
    return undefined;
  }
}

async function attempt<T>(step: string, send: () => Promise<T>): Promise<T> {
  try {
    return await send();
  } catch (error) {
    throw new DrillRefusedError(step, error);
  }
}
