import { Readable } from 'node:stream';
import type { DynamoDBClient } from '@aws-sdk/client-dynamodb';
import { createDynamoDbClient } from '../../lambda/store/dynamodb-client.ts';

interface Answer {
  readonly status: number;
  readonly body: unknown;
  readonly date?: string;
}

/** A client whose requests end here: `answer` sees each body and gives the response, or throws. */
export function fakeDynamoDb(answer: (body: Record<string, unknown>) => Answer | Promise<Answer>): DynamoDBClient {
  return createDynamoDbClient({
    region: 'us-east-1',
    credentials: { accessKeyId: 'test', secretAccessKey: 'test' },
    requestHandler: {
      handle: async (request: { body: string | Uint8Array }) => {
        const { status, body, date } = await answer(
          JSON.parse(typeof request.body === 'string' ? request.body : new TextDecoder().decode(request.body)),
        );
        const headers = { 'content-type': 'application/x-amz-json-1.0', ...(date ? { date } : {}) };
        return { response: { statusCode: status, headers, body: Readable.from([JSON.stringify(body)]) } };
      },
    },
  });
}
