import { cellId } from './cell-id.ts';
import type { Budget } from './policy.ts';
import type { Rate } from './rate.ts';

/** A sliding window forgets in steps of a tenth of itself; see docs/reference/policy.md for what follows from it. */
export const WINDOW_EPOCHS = 10;
/** A bucket refills in steps of at least this: shorter ones cost more writes than they smooth. */
const MIN_BUCKET_EPOCH_MS = 100;
/** A bucket's caller waits at most this long for a refill, or one token's time where that is longer. */
const MAX_BUCKET_WAIT_US = 5_000_000;

/** The budget of a window algorithm. Windows are whole seconds, so that a tenth is whole milliseconds. */
export function windowBudget(name: string, algorithm: 'sliding-window' | 'fixed-window', rate: Rate): Budget {
  const epochMs = algorithm === 'fixed-window' ? rate.windowMs : rate.windowMs / WINDOW_EPOCHS;
  return withId(name, { algorithm, ...rate, epochMs });
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

/**
 * What must not change under a living cell. A bucket's rate and burst may, as long as the epoch and the number of epochs
 * that its debt can reach stay: tiers that share both share the id, and a caller keeps its state between them.
 */
export function scaleOf(name: string, budget: Omit<Budget, 'cellId'>): readonly (string | number)[] {
  const { algorithm, windowMs, epochMs, burst = 0 } = budget;
  if (algorithm !== 'token-bucket') return [name, algorithm, windowMs, epochMs];
  return [name, algorithm, epochMs, Math.ceil((burst * tokenMicros(budget)) / (epochMs * 1000))];
}

/** Whole microseconds per token, rounded up: a bucket never refills faster than its rate. */
export function tokenMicros({ limit, windowMs }: Rate): number {
  return Math.ceil((windowMs * 1000) / limit);
}

/** The fewest tokens with which a bucket can sustain its rate: what flows in during its shortest epoch must fit. */
export function smallestBurst(rate: Rate): number {
  return Math.ceil((MIN_BUCKET_EPOCH_MS * 1000) / tokenMicros(rate));
}

const withId = (name: string, budget: Omit<Budget, 'cellId'>): Budget => ({
  ...budget,
  cellId: cellId(scaleOf(name, budget)),
});
