import { type CloudWatchClient, DescribeAlarmsCommand, SetAlarmStateCommand } from '@aws-sdk/client-cloudwatch';
import {
  ListSubscriptionsByTopicCommand,
  type SNSClient,
  SubscribeCommand,
  UnsubscribeCommand,
} from '@aws-sdk/client-sns';
import {
  CreateQueueCommand,
  DeleteMessageBatchCommand,
  DeleteQueueCommand,
  ReceiveMessageCommand,
  type SQSClient,
} from '@aws-sdk/client-sqs';

export const arnOf = (service: string, name: string) => `arn:aws:${service}:eu-west-1:111122223333:${name}`;
export const PAGES = arnOf('sns', 'pages');
export const TICKETS = arnOf('sns', 'tickets');
export const REPORTS = arnOf('sns', 'reports');

interface FakeAlarm {
  AlarmName: string;
  AlarmArn: string;
  StateValue: string;
  AlarmActions?: string[];
  ActionsEnabled?: boolean;
  AlarmRule?: string;
  ActionsSuppressor?: string;
  ActionsSuppressorWaitPeriod?: number;
}

const alarm = (name: string, rest: Partial<FakeAlarm> = {}): FakeAlarm => ({
  AlarmName: name,
  AlarmArn: arnOf('cloudwatch', `alarm:${name}`),
  StateValue: 'OK',
  ...rest,
});

/** CloudWatch, SNS and SQS of one gate named Shop, in memory, with a clock of their own. */
export class FakeAws {
  now = 0;
  readonly metricAlarms = [
    alarm('Shop-limited-rate'),
    alarm('Shop-one-limited'),
    alarm('Shop-quota-near', { AlarmActions: [TICKETS] }),
  ];
  readonly compositeAlarms = [
    alarm('Shop-callers-page', {
      AlarmRule: `ALARM("${arnOf('cloudwatch', 'alarm:Shop-limited-rate')}")`,
      AlarmActions: [PAGES],
    }),
    alarm('Shop-callers-ticket', {
      AlarmRule: `ALARM("${arnOf('cloudwatch', 'alarm:Shop-one-limited')}")`,
      AlarmActions: [TICKETS],
      ActionsSuppressor: arnOf('cloudwatch', 'alarm:Shop-callers-page'),
      ActionsSuppressorWaitPeriod: 300,
    }),
  ];
  /** Endpoint by subscription ARN, of every topic. */
  readonly subscriptions = new Map<string, { topic: string; protocol: string; endpoint: string }>([
    [arnOf('sns', 'pages:1'), { topic: PAGES, protocol: 'https', endpoint: 'https://pager.example/secret' }],
    ['PendingConfirmation', { topic: PAGES, protocol: 'email', endpoint: 'ann@example.com' }],
  ]);
  readonly queues = new Set<string>();
  readonly states: string[] = [];
  readonly reasons: string[] = [];
  /** Milliseconds from the alarm to its message, and to the report; absent: never. */
  messageAfter: number | undefined = 1200;
  reportAfter: number | undefined = 4800;
  /** Names of commands that are refused. */
  readonly refused = new Set<string>();
  /** Called on each look into the queue. */
  onReceive = () => {};
  #pending: { at: number; topic: string; body: unknown }[] = [];

  readonly send = (async (command: object, options?: { abortSignal?: AbortSignal }) => {
    if (this.refused.has(command.constructor.name)) {
      throw Object.assign(new Error('not for you'), { name: 'AccessDenied' });
    }
    return this.#answer(command, options?.abortSignal);
  }) as unknown as CloudWatchClient['send'] & SNSClient['send'] & SQSClient['send'];

  /** What the drill made and has not removed. */
  get left(): readonly string[] {
    const own = [...this.subscriptions.values()].filter(({ protocol }) => protocol === 'sqs');
    return [...this.queues, ...own.map(({ endpoint }) => endpoint)];
  }

  #answer(command: object, signal: AbortSignal | undefined): unknown {
    if (command instanceof DescribeAlarmsCommand) {
      const named = ({ AlarmName }: FakeAlarm) => command.input.AlarmNames?.includes(AlarmName);
      return { MetricAlarms: this.metricAlarms.filter(named), CompositeAlarms: this.compositeAlarms.filter(named) };
    }
    if (command instanceof ListSubscriptionsByTopicCommand) {
      const all = [...this.subscriptions].filter(([, { topic }]) => topic === command.input.TopicArn);
      return { Subscriptions: all.map(([SubscriptionArn, { protocol }]) => ({ SubscriptionArn, Protocol: protocol })) };
    }
    if (command instanceof CreateQueueCommand) {
      this.queues.add(command.input.QueueName!);
      return { QueueUrl: command.input.QueueName };
    }
    if (command instanceof SubscribeCommand) {
      const { TopicArn = '', Protocol = '', Endpoint = '' } = command.input;
      const SubscriptionArn = `${TopicArn}:drill`;
      this.subscriptions.set(SubscriptionArn, { topic: TopicArn, protocol: Protocol, endpoint: Endpoint });
      return { SubscriptionArn };
    }
    if (command instanceof SetAlarmStateCommand) return this.#set(command);
    if (command instanceof ReceiveMessageCommand) return this.#receive(command.input.WaitTimeSeconds!, signal);
    if (command instanceof DeleteMessageBatchCommand) return {};
    if (command instanceof UnsubscribeCommand) return this.subscriptions.delete(command.input.SubscriptionArn!);
    if (command instanceof DeleteQueueCommand) return this.queues.delete(command.input.QueueUrl!);
    throw new Error(`not expected: ${command.constructor.name}`);
  }

  #set({ input }: SetAlarmStateCommand) {
    const { AlarmName = '', StateValue = '' } = input;
    this.states.push(`${AlarmName} ${StateValue}`);
    this.reasons.push(input.StateReason ?? '');
    const own = this.metricAlarms.find((one) => one.AlarmName === AlarmName)!;
    const composite = this.compositeAlarms.find(({ AlarmRule }) => AlarmRule?.includes(`${own.AlarmArn}"`));
    const heard = composite ?? own;
    const [topic] = heard.AlarmActions ?? [];
    if (topic && this.messageAfter !== undefined && !heard.ActionsSuppressor) {
      const body = { AlarmName: heard.AlarmName, NewStateValue: StateValue };
      this.#pending.push({ at: this.now + this.messageAfter, topic, body });
    }
    if (StateValue === 'ALARM' && this.reportAfter !== undefined) {
      const other = { version: 1, alarm: { name: 'Shop-failing-open' }, kind: 'limiter' };
      const body = { version: 1, alarm: { name: AlarmName }, kind: 'quiet', requests: 0 };
      this.#pending.push({ at: this.now + 100, topic: REPORTS, body: other });
      this.#pending.push({ at: this.now + this.reportAfter, topic: REPORTS, body });
    }
    return {};
  }

  /** A long poll: the clock goes on to the next message, or to the end of the wait. */
  #receive(seconds: number, signal: AbortSignal | undefined) {
    this.onReceive();
    if (signal?.aborted) throw Object.assign(new Error('aborted'), { name: 'AbortError' });
    const topics = new Set([...this.subscriptions.values()].map(({ topic, protocol }) => protocol === 'sqs' && topic));
    const mine = this.#pending.filter(({ topic }) => topics.has(topic));
    const next = Math.max(this.now, Math.min(...mine.map(({ at }) => at)));
    if (next > this.now + seconds * 1000) {
      this.now += seconds * 1000;
      return {};
    }
    this.now = next;
    const come = mine.filter(({ at }) => at <= next);
    this.#pending = this.#pending.filter((message) => !come.includes(message));
    const Messages = come.map(({ topic, body }, index) => ({
      ReceiptHandle: `r${index}`,
      Body: JSON.stringify({ Type: 'Notification', TopicArn: topic, Message: JSON.stringify(body) }),
    }));
    return { Messages };
  }
}
