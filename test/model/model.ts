import type { Budget } from '../../lambda/policy/policy.ts';
import { BucketModel } from './bucket-model.ts';
import { QueueModel } from './queue-model.ts';
import { WindowModel } from './window-model.ts';

/**
 * What one limit of one item allows, by its definition: a list of what was counted and when, or what a bucket or a queue
 * holds. It knows nothing of conditions, beliefs or attributes and shares no code with the limiter.
 *
 * Time, as the limiter defines it for clocks that differ: an item never goes back to an epoch before the newest one in
 * which anything was counted; whoever is late is counted at the start of that one.
 */
export interface LimitModel {
  /** When the newest epoch begins in which anything was counted; -Infinity before the first. */
  readonly newest: number;
  hasRoom(clock: number, units: number): boolean;
  count(clock: number, units: number): Counted;
}

/** Units that lie in a window of their own kind, so that they can be taken out of it again. */
export interface Entry {
  readonly at: number;
  units: number;
}

/** What became of units that were counted. */
export interface Counted {
  /** Until when they may be used, ms: they count where they were taken. */
  readonly until: number;
  /** How long who took them has to wait for its turn, ms; 0 where nobody waits. */
  readonly waitMs: number;
  /** False where it may have to wait longer than that. */
  readonly exact: boolean;
  /** Where it lies; absent where what is taken cannot be given back. */
  readonly entry?: Entry;
  /** Whether the limit still counts it, at the newest time that anybody was counted at. */
  readonly counts?: () => boolean;
}

/** @param forgotten when the newest epoch begins in which an item that is deleted now was counted */
export function limitModel(budget: Budget, forgotten = Number.NEGATIVE_INFINITY): LimitModel {
  switch (budget.algorithm) {
    case 'token-bucket':
      return new BucketModel(budget);
    case 'leaky-bucket':
      return new QueueModel(budget, forgotten);
    default:
      return new WindowModel(budget, forgotten);
  }
}
