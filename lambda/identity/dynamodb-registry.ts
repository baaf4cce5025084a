import { type AttributeValue, type DynamoDBClient, GetItemCommand, QueryCommand } from '@aws-sdk/client-dynamodb';
import { storeErrorOf } from '../store/aws-failure.ts';
import { REGISTRY } from '../store/registry-keys.ts';
import { StoreUnavailableError } from '../store/store-error.ts';
import { RegistryError } from './registry-error.ts';
import type { Block, ClientRecord, Order, RegistryReader } from './registry-reader.ts';

export interface DynamoDbRegistryOptions {
  /** For one look-up of a key, ms. @default 300 */
  readonly deadlineMs?: number;
  /** For reading all blocks, ms; the first reading opens the connection. @default 2000 */
  readonly blocksDeadlineMs?: number;
  /** Blocks beyond this number are not read. @default 10,000 */
  readonly maxBlocks?: number;
}

/** Overrides and resets beyond this number are not read; the command line writes no more than 20 and 1,000. */
const MAX_ORDERS = 1020;

/**
 * Reads the registry table, eventually consistent: a change arrives within a second, and the cache is slower than that
 * anyway. `dynamodb:GetItem` and `dynamodb:Query` are all that it needs.
 */
export function dynamodbRegistry(
  client: DynamoDBClient,
  table: string,
  options: DynamoDbRegistryOptions = {},
): RegistryReader {
  const { deadlineMs = 300, blocksDeadlineMs = 2000, maxBlocks = 10_000 } = options;
  return {
    clientByKey: (sha256) =>
      ask('a key', deadlineMs, async (abortSignal) => {
        const command = new GetItemCommand({
          TableName: table,
          Key: {
            [REGISTRY.partitionKey]: { S: REGISTRY.keyPartition(sha256) },
            [REGISTRY.sortKey]: { S: REGISTRY.keySort },
          },
        });
        return clientOf((await client.send(command, { abortSignal })).Item);
      }),
    blocks: (take) =>
      ask('blocks', blocksDeadlineMs, async (abortSignal) => {
        const blocks: Block[] = [];
        const orders: Order[] = [];
        let from: Record<string, AttributeValue> | undefined;
        do {
          const command = new QueryCommand({
            TableName: table,
            KeyConditionExpression: '#pk = :blocks',
            ExpressionAttributeNames: { '#pk': REGISTRY.partitionKey },
            ExpressionAttributeValues: { ':blocks': { S: REGISTRY.blocks } },
            ExclusiveStartKey: from,
            Limit: maxBlocks,
          });
          const page = await client.send(command, { abortSignal });
          for (const item of page.Items ?? []) {
            if (!isOrder(item)) blocks.push(...blockOf(item));
            else if (orders.length < MAX_ORDERS) orders.push(orderOf(item));
          }
          from = page.LastEvaluatedKey;
        } while (from !== undefined && blocks.length < maxBlocks);
        take?.(orders);
        return blocks.slice(0, maxBlocks);
      }),
  };
}

/** One deadline around everything, and one retry inside it where the connection was lost or the server failed. */
async function ask<T>(what: string, deadlineMs: number, read: (signal: AbortSignal) => Promise<T>): Promise<T> {
  const controller = new AbortController();
  let timer: NodeJS.Timeout | undefined;
  const overdue = new Promise<never>((_, reject) => {
    timer = setTimeout(() => {
      reject(new RegistryError(`${what} did not arrive within ${deadlineMs} ms`));
      controller.abort();
    }, deadlineMs);
  });
  const attempt = async (): Promise<T> => {
    try {
      return await read(controller.signal);
    } catch (error) {
      const failure = storeErrorOf(error);
      const again = failure instanceof StoreUnavailableError && failure.passing && !controller.signal.aborted;
      if (!again) throw error;
      return read(controller.signal);
    }
  };
  try {
    return await Promise.race([attempt(), overdue]);
  } catch (error) {
    throw error instanceof RegistryError ? error : new RegistryError(what, error);
  } finally {
    clearTimeout(timer);
  }
}

function clientOf(item: Record<string, AttributeValue> | undefined): ClientRecord | undefined {
  const client = item?.client?.S;
  if (client === undefined || item?.state?.S !== 'active') return undefined;
  return { client, tier: item.tier?.S ?? '' };
}

function blockOf(item: Record<string, AttributeValue>): Block[] {
  const subject = item[REGISTRY.sortKey]?.S;
  const until = Number(item.until?.N ?? Number.NaN);
  if (subject === undefined) return [];
  return [Number.isFinite(until) ? { subject, until } : { subject }];
}

const isOrder = (item: Record<string, AttributeValue>): boolean =>
  item[REGISTRY.sortKey]?.S?.startsWith(REGISTRY.orders) === true;

function orderOf(item: Record<string, AttributeValue>): Order {
  const fields = Object.entries(item).map(([name, { S, N }]) => [name, S ?? N]);
  return { key: item[REGISTRY.sortKey]?.S ?? '', fields: Object.fromEntries(fields) };
}
