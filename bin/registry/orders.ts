import { DeleteItemCommand, GetItemCommand, PutItemCommand, QueryCommand } from '@aws-sdk/client-dynamodb';
import { REGISTRY } from '../../lambda/store/registry-keys.ts';
import { oneLine } from '../cli/shown-text.ts';
import { blockItemKey, type Item, type Registry } from './registry-table.ts';
import { RegistryConflictError, RegistryEntryError } from './registry-table-error.ts';

/** What stands beside the blocks for a time: an override, or a reset. */
export interface RegisteredOrder {
  /** The item's sort key. */
  readonly key: string;
  /** Unix seconds. */
  readonly until: number;
  /** When it was given, ISO 8601. */
  readonly at: string;
  readonly by?: string;
  readonly why?: string;
}

/** An order with what else its item holds, all of it text. */
export type WrittenOrder = RegisteredOrder & { readonly [field: string]: string | number | undefined };

export async function findOrder(registry: Registry, key: string): Promise<WrittenOrder | undefined> {
  const { Item } = await registry.client.send(
    new GetItemCommand({ TableName: registry.table, Key: blockItemKey(key), ConsistentRead: true }),
  );
  return Item && orderOf(Item);
}

/** All orders of a kind, lapsed ones that DynamoDB has not removed yet among them. */
export async function listOrders(registry: Registry, prefix: string): Promise<readonly WrittenOrder[]> {
  const orders: WrittenOrder[] = [];
  let from: Item | undefined;
  do {
    const page = await registry.client.send(
      new QueryCommand({
        TableName: registry.table,
        KeyConditionExpression: '#pk = :blocks AND begins_with(#sk, :prefix)',
        ExpressionAttributeNames: { '#pk': REGISTRY.partitionKey, '#sk': REGISTRY.sortKey },
        ExpressionAttributeValues: { ':blocks': { S: REGISTRY.blocks }, ':prefix': { S: prefix } },
        ConsistentRead: true,
        ExclusiveStartKey: from,
      }),
    );
    orders.push(...(page.Items ?? []).map(orderOf));
    from = page.LastEvaluatedKey;
  } while (from !== undefined);
  return orders;
}

/**
 * Writes an order in the place of `before`, under the condition that this is still what stands there:
 *
 *     override client --rate 10/minute      override client --rate 1/minute
 *     ---- both look: nothing overrides client ----
 *                                           write: 1/minute
 *     write: 10/minute                      without the condition nobody would be told that it is 10 now
 *
 * @throws RegistryConflictError (HG232)
 */
export async function putOrder(
  registry: Registry,
  order: WrittenOrder,
  before: RegisteredOrder | undefined,
): Promise<void> {
  await unlessChanged(order.key, () =>
    registry.client.send(new PutItemCommand({ TableName: registry.table, Item: itemOf(order), ...asItWas(before) })),
  );
}

/** The same for taking one away. @throws RegistryConflictError (HG232) */
export async function deleteOrder(registry: Registry, before: RegisteredOrder): Promise<void> {
  await unlessChanged(before.key, () =>
    registry.client.send(
      new DeleteItemCommand({ TableName: registry.table, Key: blockItemKey(before.key), ...asItWas(before) }),
    ),
  );
}

/**
 * Makes room for one more of a kind of which no more than `most` are read: lapsed ones are taken away.
 *
 * @throws RegistryEntryError (HG231) where `most` hold at present
 */
export async function makeRoom(registry: Registry, prefix: string, most: number, what: string): Promise<void> {
  const orders = await listOrders(registry, prefix);
  if (orders.length < most) return;
  const lapsed = orders.filter((order) => isLapsed(order, registry.now()));
  for (const order of lapsed) {
    // Somebody may just renew it: then it is not lapsed any more, and stays.
    await deleteOrder(registry, order).catch((error: unknown) => {
      if (!(error instanceof RegistryConflictError)) throw error;
    });
  }
  if (orders.length - lapsed.length < most) return;
  throw new RegistryEntryError(`there are ${most} ${what} already, as many as are read; take one away, or wait`);
}

export const isLapsed = ({ until }: RegisteredOrder, now: number): boolean => until * 1000 <= now;

function asItWas(before: RegisteredOrder | undefined) {
  if (before === undefined) {
    return {
      ConditionExpression: 'attribute_not_exists(#pk)',
      ExpressionAttributeNames: { '#pk': REGISTRY.partitionKey },
    };
  }
  return {
    ConditionExpression: '#at = :at',
    ExpressionAttributeNames: { '#at': 'at' },
    ExpressionAttributeValues: { ':at': { S: before.at } },
  };
}

async function unlessChanged(key: string, write: () => Promise<unknown>): Promise<void> {
  try {
    await write();
  } catch (error) {
    if (!(error instanceof Error) || error.name !== 'ConditionalCheckFailedException') throw error;
    throw new RegistryConflictError(key.slice(REGISTRY.orders.length).replaceAll('#', ' '));
  }
}

function itemOf({ key, until, ...texts }: WrittenOrder): Item {
  const fields = Object.entries(texts).filter((field): field is [string, string] => field[1] !== undefined);
  return {
    ...blockItemKey(key),
    until: { N: String(until) },
    [REGISTRY.ttl]: { N: String(until) },
    ...Object.fromEntries(fields.map(([name, text]) => [name, { S: text }])),
  };
}

function orderOf(item: Item): WrittenOrder {
  const { [REGISTRY.partitionKey]: _, [REGISTRY.sortKey]: key, [REGISTRY.ttl]: __, until, ...rest } = item;
  const texts = Object.entries(rest).flatMap(([name, { S }]) =>
    S === undefined ? [] : [[name, name === 'at' ? S : oneLine(S)]],
  );
  return { at: '', ...Object.fromEntries(texts), key: key?.S ?? '', until: Number(until?.N ?? 0) };
}
