import { randomUUID } from 'node:crypto';
import { CreateTableCommand, DynamoDBClient, type DynamoDBClientConfig } from '@aws-sdk/client-dynamodb';
import { createDynamoDbClient } from '../../lambda/store/dynamodb-client.ts';

/** The engine takes any credentials; no real ones come here. */
export const localConfig = (endpoint: string): DynamoDBClientConfig => ({
  endpoint,
  region: 'us-east-1',
  credentials: { accessKeyId: 'test', secretAccessKey: 'test' },
});

export const localClient = (endpoint: string): DynamoDBClient => createDynamoDbClient(localConfig(endpoint));

/** Makes a table with one string key, as each contestant needs. Returns its name. */
export async function createTable(endpoint: string, partitionKey: string): Promise<string> {
  const client = new DynamoDBClient(localConfig(endpoint));
  const TableName = `bench-${randomUUID()}`;
  await client.send(
    new CreateTableCommand({
      TableName,
      BillingMode: 'PAY_PER_REQUEST',
      AttributeDefinitions: [{ AttributeName: partitionKey, AttributeType: 'S' }],
      KeySchema: [{ AttributeName: partitionKey, KeyType: 'HASH' }],
    }),
  );
  client.destroy();
  return TableName;
}
