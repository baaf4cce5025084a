import {
  DescribeContinuousBackupsCommand,
  DescribeTableCommand,
  DescribeTimeToLiveCommand,
  type DynamoDBClient,
} from '@aws-sdk/client-dynamodb';
import { COUNTERS, REGISTRY } from '../store/registry-keys.ts';
import { about, type Finding } from './finding.ts';

type Client = Pick<DynamoDBClient, 'send'>;

/** The counters: there, on demand, and emptied by TTL. */
export async function examineCounters(client: Client, table: string): Promise<Finding[]> {
  return described(client, table, COUNTERS.ttl, []);
}

/** The registry: the same, and restorable, since it is the only record of who has which tier. */
export async function examineRegistry(client: Client, table: string): Promise<Finding[]> {
  const { ContinuousBackupsDescription } = await client.send(
    new DescribeContinuousBackupsCommand({ TableName: table }),
  );
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
