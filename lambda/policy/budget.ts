import { cellId } from './cell-id.ts';
import type { Algorithm, Budget } from './policy.ts';
import type { Rate } from './rate.ts';

/** A sliding window forgets in steps of a tenth of itself; see docs/reference/algorithms.md for what follows from it. */
export const WINDOW_EPOCHS = 10;
/** The most units of a sliding-window-log: its item grows with each. */
export const MOST_LOGGED = 100;
/** A bucket refills in steps of at least this: shorter ones cost more writes than they smooth. */
const MIN_BUCKET_EPOCH_MS = 100;
/** A bucket's caller waits at most this long for a refill, or one token's time where that is longer. */
const MAX_BUCKET_WAIT_US = 5_000_000;

/** A queue's epochs are one place long within these bounds: shorter ones cost writes, longer ones let clumps through. */
const [MIN_QUEUE_EPOCH_MS, MAX_QUEUE_EPOCH_MS] = [100, 1000];

export type WindowAlgorithm = Exclude<Algorithm, 'token-bucket' | 'leaky-bucket'>;

/**
 * The budget of a window algorithm. Windows are whole seconds, so that a tenth or a twentieth is whole milliseconds.
 *
 * @param resolution `sliding-window`: into how many epochs the window is cut, 10 or 20
 */
export function windowBudget(
  name: string,
  algorithm: WindowAlgorithm,
  rate: Rate,
  resolution: number = WINDOW_EPOCHS,
): Budget {
  const epochs = { 'sliding-window': resolution, 'sliding-window-log': 10 }[algorithm as string] ?? 1;
  return withId(name, { algorithm, ...rate, epochMs: rate.windowMs / epochs });
}

/**
 * The budget of a token bucket. Its burst must be at least `smallestBurst(rate)`.
 * The epoch is a quarter of the time to fill, or what a caller may wait at most where that is shorter.
 */
export function bucketBudget(name: string, rate: Rate, burst: number): Budget {
  const token = tokenMicros(rate);
  const fill = burst * token;
  const step = Math.min(fill / 4, Math.max(MAX_BUCKET_WAIT_US, token));
  const epochMs = Math.max(MIN_BUCKET_EPOCH_MS, Math.floor(step / 1000));
  return withId(name, { algorithm: 'token-bucket', ...rate, burst, epochMs });
}

/** The budget of a leaky bucket: `queue` requests wait, each at most `maxDelayMs`. */
export function queueBudget(name: string, rate: Rate, queue: number, maxDelayMs: number): Budget {
  const place = Math.ceil(tokenMicros(rate) / 1000);
  const epochMs = Math.min(MAX_QUEUE_EPOCH_MS, Math.max(MIN_QUEUE_EPOCH_MS, place));
  return withId(name, { algorithm: 'leaky-bucket', ...rate, queue, maxDelayMs, epochMs });
}

/** What a budget takes at once: the burst of a bucket, a queue's places and the one that leaves, else the limit. */
export function sizeOf(budget: Omit<Budget, 'cellId'>): number {
  const { algorithm, limit, burst, queue = 0, maxDelayMs = 0 } = budget;
  if (algorithm !== 'leaky-bucket') return burst ?? limit;
  return Math.min(queue, Math.floor((maxDelayMs * 1000) / tokenMicros(budget))) + 1;
}

/**
 * What must not change under a living cell. A bucket's rate and burst may, as long as the epoch and the number of epochs
 * that its debt can reach stay: tiers that share both share the id, and a caller keeps its state between them.
 */
export function scaleOf(name: string, budget: Omit<Budget, 'cellId'>): readonly (string | number)[] {
  const { algorithm, windowMs, epochMs, burst = 0, calendar } = budget;
  // A queue's state is an instant: it means the same at every rate.
  if (algorithm === 'leaky-bucket') return [name, algorithm, epochMs];
  if (algorithm !== 'token-bucket') return [name, algorithm, windowMs, epochMs, ...(calendar ? [calendar] : [])];
  return [name, algorithm, epochMs, Math.ceil((burst * tokenMicros(budget)) / (epochMs * 1000))];
}

/** Whole microseconds per token, rounded up: a bucket never refills faster than its rate. */
export function tokenMicros({ limit, windowMs }: Pick<Rate, 'limit' | 'windowMs'>): number {
  return Math.ceil((windowMs * 1000) / limit);
}

/** The fewest tokens with which a bucket can sustain its rate: what flows in during its shortest epoch must fit. */
export function smallestBurst(rate: Rate): number {
  return Math.ceil((MIN_BUCKET_EPOCH_MS * 1000) / tokenMicros(rate));
}

/** The burst for another rate, in proportion: so that the bucket fills in the same time. */
export function burstInProportion(rate: Rate, { burst = 1, limit, windowMs }: Budget): number {
  const share = (rate.limit * windowMs) / (limit * rate.windowMs);
  return Math.max(1, smallestBurst(rate), Math.round(burst * share));
}

const withId = (name: string, budget: Omit<Budget, 'cellId'>): Budget => ({
  ...budget,
  cellId: cellId(scaleOf(name, budget)),
});
