import fc from 'fast-check';
import type { Budget } from '../../lambda/policy/policy.ts';
import { counterWindow, fixedWindow, leakyBucket, logWindow, slidingWindow, tokenBucket } from '../limiter/budgets.ts';

const limit = fc.integer({ min: 1, max: 12 });
const windowMs = fc.constantFrom(1000, 10_000, 60_000);

export const slidingBudget: fc.Arbitrary<Budget> = fc
  .tuple(limit, windowMs, fc.constantFrom(1, 2, 5, 10))
  .map(([most, window, m]) => slidingWindow(most, window, m));

export const fixedBudget: fc.Arbitrary<Budget> = fc
  .tuple(limit, windowMs)
  .map(([most, window]) => fixedWindow(most, window));

export const bucketBudget: fc.Arbitrary<Budget> = fc
  .tuple(limit, windowMs, fc.integer({ min: 1, max: 30 }), fc.constantFrom(2, 4, 10))
  .map(([rate, window, burst, parts]) => tokenBucket(rate, window, burst, window / parts));

export const logBudget: fc.Arbitrary<Budget> = fc
  .tuple(limit, windowMs)
  .map(([most, window]) => logWindow(most, window));

export const counterBudget: fc.Arbitrary<Budget> = fc
  .tuple(limit, windowMs)
  .map(([most, window]) => counterWindow(most, window));

export const queueBudget: fc.Arbitrary<Budget> = fc
  .tuple(limit, windowMs, fc.integer({ min: 1, max: 20 }), fc.constantFrom(300, 2000, 3000))
  .map(([rate, window, queue, longest]) => leakyBucket(rate, window, queue, longest));

export const anyBudget: fc.Arbitrary<Budget> = fc.oneof(
  slidingBudget,
  fixedBudget,
  bucketBudget,
  logBudget,
  counterBudget,
  queueBudget,
);

export interface Move {
  /** Since the move before, in thousandths of the window. */
  readonly wait: number;
  readonly instance: number;
  readonly cost: number;
  readonly cold: boolean;
}

/** Bursts at one instant, waits that end on an epoch's border, and everything between. */
export const moves = (instances: number): fc.Arbitrary<Move[]> =>
  fc.array(
    fc.record({
      wait: fc.oneof(
        { weight: 5, arbitrary: fc.constant(0) },
        { weight: 3, arbitrary: fc.integer({ min: 0, max: 100 }) },
        { weight: 2, arbitrary: fc.constantFrom(99, 100, 101, 500, 899, 900, 901, 999, 1000, 1001, 1100) },
        { weight: 1, arbitrary: fc.integer({ min: 0, max: 3000 }) },
      ),
      instance: fc.nat({ max: instances - 1 }),
      cost: fc.oneof(
        { weight: 6, arbitrary: fc.constant(1) },
        { weight: 1, arbitrary: fc.integer({ min: 1, max: 4 }) },
      ),
      cold: fc.oneof({ weight: 15, arbitrary: fc.constant(false) }, { weight: 1, arbitrary: fc.constant(true) }),
    }),
    { minLength: 1, maxLength: 150, size: 'max' },
  );
