import { DeleteItemCommand } from '@aws-sdk/client-dynamodb';
import { MAX_RESETS } from '../../lambda/identity/resets.ts';
import { COUNTERS, REGISTRY } from '../../lambda/store/registry-keys.ts';
import { findOrder, makeRoom, putOrder, type RegisteredOrder } from './orders.ts';
import type { Registry } from './registry-table.ts';

/** How long containers are told to forget: each has read the registry long before, or has ended. Seconds. */
const HOLDS = 24 * 3600;

export interface ResetOptions {
  readonly subject: string;
  readonly countersTable: string;
  readonly by?: string | undefined;
  readonly why?: string | undefined;
}

/** What a reset has done. */
export interface Reset {
  readonly subject: string;
  readonly countersTable: string;
  /** Whether anything had been counted. */
  readonly counted: boolean;
  /** ISO 8601. */
  readonly at: string;
}

/**
 * Empties all limits of one subject: its item is deleted, and the containers are told to forget what they know of it, which
 * they do within 30 seconds. It can be repeated.
 *
 * The order of the two matters:
 *
 *     reset                      a container that was told first
 *     tell to forget
 *                                forgets, asks the item: "full", and believes that until the window is over
 *     delete the item
 *
 * @throws RegistryEntryError (HG231) where there are as many as are read, RegistryConflictError (HG232)
 */
export async function resetSubject(registry: Registry, options: ResetOptions): Promise<Reset> {
  const { subject, countersTable, by, why } = options;
  const key = `${REGISTRY.resetPrefix}${subject}`;
  const before: RegisteredOrder | undefined = await findOrder(registry, key);
  if (before === undefined) await makeRoom(registry, REGISTRY.resetPrefix, MAX_RESETS, 'resets of one day');
  const { Attributes } = await registry.client.send(
    new DeleteItemCommand({
      TableName: countersTable,
      Key: { [COUNTERS.partitionKey]: { S: subject } },
      ReturnValues: 'ALL_OLD',
    }),
  );
  const at = new Date(registry.now()).toISOString();
  const until = Math.ceil(registry.now() / 1000) + HOLDS;
  await putOrder(
    registry,
    { key, until, at, ...(by !== undefined && { by }), ...(why !== undefined && { why }) },
    before,
  );
  return { subject, countersTable, counted: Attributes !== undefined, at };
}
