import { randomUUID } from 'node:crypto';
import {
  CreateTableCommand,
  DeleteTableCommand,
  DynamoDBClient,
  type DynamoDBClientConfig,
  waitUntilTableExists,
} from '@aws-sdk/client-dynamodb';
import { createDynamoDbClient } from '../dynamodb-client.ts';
import { COUNTERS } from '../registry-keys.ts';
import type { ContractTable } from './check.ts';

export interface ScratchTable extends ContractTable {
  /** Deletes the table. */
  remove(): Promise<void>;
}

/**
 * A counters table of its own, named `headgate-scratch-...`, on demand, and a client like the functions'.
 *
 * @throws what the SDK throws where the table cannot be made within two minutes
 */
export async function scratchTable(config: DynamoDBClientConfig): Promise<ScratchTable> {
  // The functions' client never retries and has a short deadline; making a table may take its time.
  const admin = new DynamoDBClient(config);
  const name = `headgate-scratch-${randomUUID()}`;
  await admin.send(
    new CreateTableCommand({
      TableName: name,
      BillingMode: 'PAY_PER_REQUEST',
      AttributeDefinitions: [{ AttributeName: COUNTERS.partitionKey, AttributeType: 'S' }],
      KeySchema: [{ AttributeName: COUNTERS.partitionKey, KeyType: 'HASH' }],
    }),
  );
  const client = createDynamoDbClient(config);
  const remove = async () => {
    await admin.send(new DeleteTableCommand({ TableName: name }));
    admin.destroy();
    client.destroy();
  };
  try {
    await waitUntilTableExists({ client: admin, maxWaitTime: 120 }, { TableName: name });
  } catch (error) {
    await remove().catch(() => {});
    throw error;
  }
  return { name, client, remove };
}
