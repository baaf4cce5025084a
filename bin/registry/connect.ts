import { CloudFormationClient } from '@aws-sdk/client-cloudformation';
import { DynamoDBClient } from '@aws-sdk/client-dynamodb';
import { findRegistryTable, type TableChoice } from './find-table.ts';
import type { Registry } from './registry-table.ts';

/** The registry of the account and region that the AWS SDK finds in environment and profile. */
export async function connectRegistry(choice: TableChoice): Promise<Registry> {
  const table = await findRegistryTable(choice, process.env, () => new CloudFormationClient({}));
  return { client: new DynamoDBClient({}), table, now: () => Date.now() };
}
