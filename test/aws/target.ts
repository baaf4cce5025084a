import { randomUUID } from 'node:crypto';
import { readFileSync } from 'node:fs';
import {
  CreateTableCommand,
  DeleteTableCommand,
  DynamoDBClient,
  type DynamoDBClientConfig,
  waitUntilTableExists,
} from '@aws-sdk/client-dynamodb';
import { createDynamoDbClient } from '../../lambda/store/dynamodb-client.ts';
import { COUNTERS } from '../../lambda/store/registry-keys.ts';

/** The deployed example, as `npm run verify:aws` hands it to these tests. */
export interface Target {
  /** `https://ID.execute-api.REGION.amazonaws.com/prod`, without a slash at the end. */
  readonly restUrl: string;
  readonly httpUrl: string;
  readonly registryTable: string;
  readonly alarmName: string;
  /** Empty on a real account: the usual chain of credentials. */
  readonly client: DynamoDBClientConfig;
}

/** Read from the file that HEADGATE_VERIFY_TARGET names. */
export function target(): Target {
  const file = process.env.HEADGATE_VERIFY_TARGET;
  if (!file) throw new Error('These tests need a deployment: run them with `npm run verify:aws`.');
  return JSON.parse(readFileSync(file, 'utf8')) as Target;
}

/** A counters table for one suite, and how to be rid of it. */
export async function scratchTable(config: DynamoDBClientConfig) {
  // The product's client never retries and has a short deadline; making a table may take its time.
  const admin = new DynamoDBClient(config);
  const name = `headgate-verify-${randomUUID()}`;
  await admin.send(
    new CreateTableCommand({
      TableName: name,
      BillingMode: 'PAY_PER_REQUEST',
      AttributeDefinitions: [{ AttributeName: COUNTERS.partitionKey, AttributeType: 'S' }],
      KeySchema: [{ AttributeName: COUNTERS.partitionKey, KeyType: 'HASH' }],
    }),
  );
  await waitUntilTableExists({ client: admin, maxWaitTime: 120 }, { TableName: name });
  return {
    name,
    client: createDynamoDbClient(config),
    remove: async () => {
      await admin.send(new DeleteTableCommand({ TableName: name }));
      admin.destroy();
    },
  };
}
