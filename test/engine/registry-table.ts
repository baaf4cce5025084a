import { randomUUID } from 'node:crypto';
import { CreateTableCommand, type DynamoDBClient } from '@aws-sdk/client-dynamodb';
import { REGISTRY } from '../../lambda/store/registry-keys.ts';

/** A registry table of its own for one suite. */
export async function createRegistryTable(client: DynamoDBClient): Promise<string> {
  const name = `registry-${randomUUID()}`;
  const { partitionKey, sortKey } = REGISTRY;
  await client.send(
    new CreateTableCommand({
      TableName: name,
      BillingMode: 'PAY_PER_REQUEST',
      AttributeDefinitions: [
        { AttributeName: partitionKey, AttributeType: 'S' },
        { AttributeName: sortKey, AttributeType: 'S' },
      ],
      KeySchema: [
        { AttributeName: partitionKey, KeyType: 'HASH' },
        { AttributeName: sortKey, KeyType: 'RANGE' },
      ],
    }),
  );
  return name;
}
