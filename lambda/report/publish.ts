import { PublishCommand, type SNSClient } from '@aws-sdk/client-sns';
import type { Message } from './message.ts';
import { ReportError } from './report-error.ts';

/**
 * Publishes one message with another body for each protocol.
 *
 * @throws ReportError (HG353): Lambda tries the event again, twice
 */
export async function publish(client: Pick<SNSClient, 'send'>, topic: string, message: Message): Promise<void> {
  const attributes = Object.entries(message.attributes).filter(([, value]) => value !== '');
  try {
    await client.send(
      new PublishCommand({
        TopicArn: topic,
        Subject: message.subject,
        MessageStructure: 'json',
        Message: JSON.stringify(message.bodies),
        MessageAttributes: Object.fromEntries(
          attributes.map(([name, value]) => [name, { DataType: 'String', StringValue: value }]),
        ),
      }),
    );
  } catch (error) {
    throw new ReportError('publish', `the report could not be published to ${topic}`, { cause: error });
  }
}
