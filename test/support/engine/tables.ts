import { randomUUID } from 'node:crypto';
import { CreateTableCommand, type DynamoDBClient } from '@aws-sdk/client-dynamodb';
import { createDynamoDbClient } from '../../../lambda/store/dynamodb-client.ts';
import { COUNTERS } from '../../../lambda/store/registry-keys.ts';

/**
 * A client for a local engine.
 *
 * The limiter's clock may be virtual in a test, the SDK's may not: it takes the difference between its clock and the
 * `Date` header of an answer for clock skew and signs accordingly. A test that replaces `Date` itself has to strip that
 * header from the answers first.
 */
export function engineClient(endpoint: string): DynamoDBClient {
  return createDynamoDbClient({
    endpoint,
    region: 'us-east-1',
    credentials: { accessKeyId: 'test', secretAccessKey: 'test' },
  });
}

/** A counters table of its own for one suite. */
export async function createCountersTable(client: DynamoDBClient): Promise<string> {
  const name = `counters-${randomUUID()}`;
  await client.send(
    new CreateTableCommand({
      TableName: name,
      BillingMode: 'PAY_PER_REQUEST',
      AttributeDefinitions: [{ AttributeName: COUNTERS.partitionKey, AttributeType: 'S' }],
      KeySchema: [{ AttributeName: COUNTERS.partitionKey, KeyType: 'HASH' }],
    }),
  );
  return name;
}
