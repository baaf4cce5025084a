import { SNSClient, SubscribeCommand } from '@aws-sdk/client-sns';
import {
  CreateQueueCommand,
  DeleteMessageCommand,
  GetQueueAttributesCommand,
  ReceiveMessageCommand,
  SetQueueAttributesCommand,
  SQSClient,
} from '@aws-sdk/client-sqs';
import type { ClientConfig } from './clients.ts';

/** What CloudWatch sends to an SNS topic when an alarm changes, as far as it is used here. */
export interface AlarmMessage {
  readonly AlarmName: string;
  readonly NewStateValue: 'OK' | 'ALARM' | 'INSUFFICIENT_DATA';
  readonly NewStateReason: string;
}

/** A queue that listens to an alarm topic, as a pager would. */
export interface AlarmMessages {
  /** The next message that `wanted` accepts, or undefined if none comes within `waitMs`. */
  next(wanted: (message: AlarmMessage) => boolean, waitMs: number): Promise<AlarmMessage | undefined>;
}

/** Makes a queue, lets the topic send to it, and subscribes it. */
export async function listenToAlarms(config: ClientConfig, topicArn: string, name: string): Promise<AlarmMessages> {
  const sqs = new SQSClient(config);
  const QueueUrl = (await sqs.send(new CreateQueueCommand({ QueueName: name }))).QueueUrl!;
  const attributes = await sqs.send(new GetQueueAttributesCommand({ QueueUrl, AttributeNames: ['QueueArn'] }));
  const queueArn = attributes.Attributes!.QueueArn!;
  const statement = {
    Effect: 'Allow',
    Principal: { Service: 'sns.amazonaws.com' },
    Action: 'sqs:SendMessage',
    Resource: queueArn,
    Condition: { ArnEquals: { 'aws:SourceArn': topicArn } },
  };
  const Policy = JSON.stringify({ Version: '2012-10-17', Statement: [statement] });
  await sqs.send(new SetQueueAttributesCommand({ QueueUrl, Attributes: { Policy } }));
  const sns = new SNSClient(config);
  await sns.send(new SubscribeCommand({ TopicArn: topicArn, Protocol: 'sqs', Endpoint: queueArn }));
  return { next: (wanted, waitMs) => next(sqs, QueueUrl, wanted, waitMs) };
}

async function next(
  sqs: SQSClient,
  QueueUrl: string,
  wanted: (message: AlarmMessage) => boolean,
  waitMs: number,
): Promise<AlarmMessage | undefined> {
  const until = Date.now() + waitMs;
  do {
    const { Messages = [] } = await sqs.send(new ReceiveMessageCommand({ QueueUrl, WaitTimeSeconds: 1 }));
    for (const { Body, ReceiptHandle } of Messages) {
      await sqs.send(new DeleteMessageCommand({ QueueUrl, ReceiptHandle }));
      const message: AlarmMessage = JSON.parse(JSON.parse(Body!).Message);
      if (wanted(message)) return message;
    }
  } while (Date.now() < until);
  return undefined;
}
