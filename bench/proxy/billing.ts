/** What one call costs. */
export interface Charge {
  readonly write: number;
  readonly read: number;
}

/** What AWS asks for a million units on demand in us-east-1, USD (2026-11). */
export const USD_PER_MILLION = { write: 0.625, read: 0.125 } as const;

/**
 * Write units of one item: one for each started KB of the larger of what was there and what is there now, at least one;
 * in a transaction twice that. A failed condition costs the same, by the item that it failed on.
 *
 * @param before bytes, 0 where there was no item
 * @param after bytes, 0 where there is none now
 * @see https://docs.aws.amazon.com/amazondynamodb/latest/developerguide/read-write-operations.html
 */
export function writeUnits(before: number, after: number, transaction = false): number {
  return Math.max(1, Math.ceil(Math.max(before, after) / 1024)) * (transaction ? 2 : 1);
}

const PER_4_KB = { eventual: 0.5, strong: 1, transaction: 2 } as const;

/** Read units of one item, or of all items of one query together: for each started 4 KB, at least one such step. */
export function readUnits(bytes: number, consistency: keyof typeof PER_4_KB): number {
  return Math.max(1, Math.ceil(bytes / 4096)) * PER_4_KB[consistency];
}

/** USD for a million decisions that take these units each. */
export function usdPerMillion(perDecision: Charge): number {
  return perDecision.write * USD_PER_MILLION.write + perDecision.read * USD_PER_MILLION.read;
}
