import type { AttributeValue, DynamoDBClient } from '@aws-sdk/client-dynamodb';
import { REGISTRY } from '../../lambda/store/registry-keys.ts';

/** The registry and who changes it. */
export interface Registry {
  readonly client: DynamoDBClient;
  readonly table: string;
  /** Milliseconds since the epoch. */
  readonly now: () => number;
}

export type Item = Record<string, AttributeValue>;

export const keyOf = (partition: string, sort: string): Item => ({
  [REGISTRY.partitionKey]: { S: partition },
  [REGISTRY.sortKey]: { S: sort },
});

export const clientItemKey = (id: string): Item => keyOf(REGISTRY.clients, id);
export const keyItemKey = (sha256: string): Item => keyOf(REGISTRY.keyPartition(sha256), REGISTRY.keySort);
export const blockItemKey = (subject: string): Item => keyOf(REGISTRY.blocks, subject);

/** Which actions of a cancelled transaction failed their condition, in their order; undefined for any other error. */
export function failedConditions(error: unknown): readonly boolean[] | undefined {
  if (!(error instanceof Error) || error.name !== 'TransactionCanceledException') return undefined;
  const { CancellationReasons } = error as { CancellationReasons?: readonly { Code?: string }[] };
  const reasons = CancellationReasons ?? [];
  // Two transactions on one item at once: one of them is cancelled without its condition having failed.
  if (reasons.some(({ Code }) => Code === 'TransactionConflict')) return reasons.map(() => false);
  const failed = reasons.map(({ Code }) => Code === 'ConditionalCheckFailed');
  return failed.includes(true) ? failed : undefined;
}
