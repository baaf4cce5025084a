import { DeleteItemCommand, GetItemCommand, PutItemCommand, QueryCommand } from '@aws-sdk/client-dynamodb';
import { REGISTRY } from '../../lambda/store/registry-keys.ts';
import { oneLine } from '../cli/shown-text.ts';
import { blockItemKey, type Item, type Registry } from './registry-table.ts';
import { RegistryConflictError, RegistryEntryError } from './registry-table-error.ts';

/** Somebody who is turned away. */
export interface RegisteredBlock {
  /** In the spelling of `parseSubject`. */
  readonly subject: string;
  /** Unix seconds; absent: until it is lifted. */
  readonly until?: number;
  readonly reason?: string;
  /** Who blocked it. */
  readonly by?: string;
  /** When it was blocked, ISO 8601. */
  readonly at: string;
}

export interface BlockOptions {
  /** Absent: until it is lifted. */
  readonly forSeconds?: number;
  readonly reason?: string;
  readonly by?: string;
}

/** The authorizers read no more than these. */
export const MAX_BLOCKS = 10_000;

/**
 * Turns somebody away. The authorizers notice within 30 seconds.
 *
 * The condition is that the block is still the one that was read before, or that there is still none:
 *
 *     block acme --for 1h                 block acme (for good)
 *     ---- both look: acme is not blocked ----
 *                                         write: for good
 *     write: 1 hour                       without the condition acme would be free again in an hour
 *
 * @throws RegistryConflictError where somebody changed it meanwhile
 */
export async function blockSubject(
  registry: Registry,
  subject: string,
  options: BlockOptions = {},
): Promise<{ readonly before: RegisteredBlock | undefined; readonly after: RegisteredBlock }> {
  const before = await showBlock(registry, subject);
  if (before === undefined && (await countBlocks(registry)) >= MAX_BLOCKS) {
    throw new RegistryEntryError(`there are ${MAX_BLOCKS} blocks already, as many as are read; block a wider range`);
  }
  const after = plannedBlock(registry, subject, options);
  await unlessChanged(subject, () =>
    registry.client.send(new PutItemCommand({ TableName: registry.table, Item: itemOf(after), ...asItWas(before) })),
  );
  return { before, after };
}

/**
 * Lifts a block, under the condition that it is still the one that was read: somebody may just have renewed it. The
 * authorizers notice within 30 seconds.
 *
 * @throws RegistryEntryError where there is none
 * @throws RegistryConflictError where somebody changed it meanwhile
 */
export async function unblockSubject(registry: Registry, subject: string): Promise<RegisteredBlock> {
  const before = await requireBlock(registry, subject);
  await unlessChanged(subject, () =>
    registry.client.send(
      new DeleteItemCommand({ TableName: registry.table, Key: blockItemKey(subject), ...asItWas(before) }),
    ),
  );
  return before;
}

export async function showBlock(registry: Registry, subject: string): Promise<RegisteredBlock | undefined> {
  const { Item } = await registry.client.send(
    new GetItemCommand({ TableName: registry.table, Key: blockItemKey(subject), ConsistentRead: true }),
  );
  return Item && blockOf(Item);
}

/** @throws RegistryEntryError where there is no such block */
export async function requireBlock(registry: Registry, subject: string): Promise<RegisteredBlock> {
  const block = await showBlock(registry, subject);
  if (block === undefined) throw new RegistryEntryError(`${subject} is not blocked`);
  return block;
}

/** The block that `blockSubject` would write. */
export function plannedBlock(
  registry: Registry,
  subject: string,
  { forSeconds, reason, by }: BlockOptions,
): RegisteredBlock {
  return {
    subject,
    ...(forSeconds === undefined ? {} : { until: Math.ceil(registry.now() / 1000) + forSeconds }),
    ...(reason === undefined ? {} : { reason }),
    ...(by === undefined ? {} : { by }),
    at: new Date(registry.now()).toISOString(),
  };
}

/** How many there are, up to `MAX_BLOCKS`; expired ones that DynamoDB has not removed yet among them. */
export async function countBlocks(registry: Registry): Promise<number> {
  let count = 0;
  let from: Item | undefined;
  do {
    const page = await registry.client.send(
      new QueryCommand({
        TableName: registry.table,
        Select: 'COUNT',
        // Overrides and resets stand before them.
        KeyConditionExpression: '#pk = :blocks AND #sk > :orders',
        ExpressionAttributeNames: { '#pk': REGISTRY.partitionKey, '#sk': REGISTRY.sortKey },
        ExpressionAttributeValues: { ':blocks': { S: REGISTRY.blocks }, ':orders': { S: REGISTRY.afterOrders } },
        ExclusiveStartKey: from,
      }),
    );
    count += page.Count ?? 0;
    from = page.LastEvaluatedKey;
  } while (from !== undefined && count < MAX_BLOCKS);
  return count;
}

/** The condition that a block is what it was when it was read. */
function asItWas(before: RegisteredBlock | undefined) {
  if (before === undefined) {
    return {
      ConditionExpression: 'attribute_not_exists(#pk)',
      ExpressionAttributeNames: { '#pk': REGISTRY.partitionKey },
    };
  }
  const until = before.until === undefined ? 'attribute_not_exists(#until)' : '#until = :until';
  return {
    ConditionExpression: `#at = :at AND ${until}`,
    ExpressionAttributeNames: { '#at': 'at', '#until': 'until' },
    ExpressionAttributeValues: {
      ':at': { S: before.at },
      ...(before.until === undefined ? {} : { ':until': { N: String(before.until) } }),
    },
  };
}

async function unlessChanged(subject: string, write: () => Promise<unknown>): Promise<void> {
  try {
    await write();
  } catch (error) {
    if (!(error instanceof Error) || error.name !== 'ConditionalCheckFailedException') throw error;
    throw new RegistryConflictError(`the block of ${subject}`);
  }
}

function itemOf({ subject, until, reason, by, at }: RegisteredBlock): Item {
  const times: Item = until === undefined ? {} : { until: { N: String(until) }, [REGISTRY.ttl]: { N: String(until) } };
  return {
    ...blockItemKey(subject),
    at: { S: at },
    ...times,
    ...(reason === undefined ? {} : { reason: { S: reason } }),
    ...(by === undefined ? {} : { by: { S: by } }),
  };
}

function blockOf(item: Item): RegisteredBlock {
  const { until, reason, by, at } = item;
  return {
    subject: item[REGISTRY.sortKey]?.S ?? '',
    ...(until?.N === undefined ? {} : { until: Number(until.N) }),
    ...(reason?.S === undefined ? {} : { reason: oneLine(reason.S) }),
    ...(by?.S === undefined ? {} : { by: oneLine(by.S) }),
    at: at?.S ?? '',
  };
}
