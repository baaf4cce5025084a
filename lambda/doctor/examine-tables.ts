import {
  DescribeContinuousBackupsCommand,
  type DescribeContinuousBackupsOutput,
  DescribeTableCommand,
  DescribeTimeToLiveCommand,
  type DynamoDBClient,
} from '@aws-sdk/client-dynamodb';
import { COUNTERS, REGISTRY } from '../store/registry-keys.ts';
import { about, type Finding } from './finding.ts';

type Client = Pick<DynamoDBClient, 'send'>;

const RESTORE =
  'restore it under the same name from the system backup that DynamoDB makes of a table with point-in-time recovery when it is deleted, and keeps for 35 days (aws dynamodb list-backups --backup-type SYSTEM, aws dynamodb restore-table-from-backup)';

/** The counters: there, on demand, and emptied by TTL. */
export async function examineCounters(client: Client, table: string): Promise<Finding[]> {
  try {
    return await described(client, table, COUNTERS.ttl, []);
  } catch (error) {
    if (!isGone(error)) throw error;
    return [about('tables', table).wrong('is gone: nothing is counted', makeAgain(table))];
  }
}

/** A deployment would not: to CloudFormation the table is there as long as the template says so. */
function makeAgain(table: string): string {
  const { partitionKey: key, ttl } = COUNTERS;
  return (
    `make it again, empty: aws dynamodb create-table --table-name ${table} --billing-mode PAY_PER_REQUEST` +
    ` --attribute-definitions AttributeName=${key},AttributeType=S --key-schema AttributeName=${key},KeyType=HASH` +
    ` && aws dynamodb wait table-exists --table-name ${table} && aws dynamodb update-time-to-live --table-name ${table}` +
    ` --time-to-live-specification Enabled=true,AttributeName=${ttl}`
  );
}

const isGone = (error: unknown): boolean =>
  ['ResourceNotFoundException', 'TableNotFoundException'].includes((error as Error | null)?.name ?? '');

/** The registry: the same, and restorable, since it is the only record of who has which tier. */
export async function examineRegistry(client: Client, table: string): Promise<Finding[]> {
  let backups: DescribeContinuousBackupsOutput;
  try {
    backups = await client.send(new DescribeContinuousBackupsCommand({ TableName: table }));
  } catch (error) {
    if (!isGone(error)) throw error;
    return [about('tables', table).wrong('is gone: no key, tier or block is known', RESTORE)];
  }
  const { ContinuousBackupsDescription } = backups;
  const status = ContinuousBackupsDescription?.PointInTimeRecoveryDescription?.PointInTimeRecoveryStatus;
  const restorable = status === 'ENABLED' ? [] : ['point-in-time recovery is off: a lost registry cannot be restored'];
  return described(client, table, REGISTRY.ttl, restorable);
}

async function described(client: Client, name: string, ttl: string, more: readonly string[]): Promise<Finding[]> {
  const { fine, wrong } = about('tables', name);
  const [{ Table }, { TimeToLiveDescription: live }] = await Promise.all([
    client.send(new DescribeTableCommand({ TableName: name })),
    client.send(new DescribeTimeToLiveCommand({ TableName: name })),
  ]);
  const problems = [...more];
  if (Table?.TableStatus !== 'ACTIVE' && Table?.TableStatus !== 'UPDATING')
    problems.push(`it is ${Table?.TableStatus}`);
  const mode = Table?.BillingModeSummary?.BillingMode ?? 'PROVISIONED';
  if (mode !== 'PAY_PER_REQUEST') {
    problems.push(`its capacity is ${mode}: writes beyond it are refused, which is when limits matter`);
  }
  const on = live?.TimeToLiveStatus === 'ENABLED' || live?.TimeToLiveStatus === 'ENABLING';
  if (!on || live?.AttributeName !== ttl) problems.push(`TTL by \`${ttl}\` is off: what is over stays for good`);
  if (problems.length === 0) return [fine(`active, on demand, TTL by \`${ttl}\``)];
  return problems.map((problem) => wrong(problem, 'set it back: CloudFormation does not see the drift'));
}
