import fc from 'fast-check';
import type { Budget } from '../../lambda/policy/policy.ts';
import { counterWindow, fixedWindow, slidingWindow, tokenBucket } from './budgets.ts';
import type { LeaseRun } from './lease-simulation.ts';

const limit = fc.integer({ min: 30, max: 3000 });
const windowMs = fc.constantFrom(1000, 10_000, 60_000);

/** Every algorithm that is leased. */
export const BUDGETS: Readonly<Record<string, fc.Arbitrary<Budget>>> = {
  'fixed-window': fc.tuple(limit, windowMs).map(([most, window]) => fixedWindow(most, window, 'cei')),
  'sliding-window': fc
    .tuple(limit, windowMs, fc.constantFrom(10, 20))
    .map(([most, window, m]) => slidingWindow(most, window, m, 'cei')),
  'sliding-window-counter': fc.tuple(limit, windowMs).map(([most, window]) => counterWindow(most, window, 'cei')),
  'token-bucket': fc
    .tuple(limit, windowMs, fc.constantFrom(0.1, 1, 2), fc.constantFrom(4, 10))
    .map(([rate, window, share, parts]) =>
      tokenBucket(rate, window, Math.ceil(rate * share), Math.ceil(window / parts), 'cei'),
    ),
};

/** Half of the time none. */
const maybe = <T>(some: fc.Arbitrary<T>, none: T): fc.Arbitrary<T> => fc.oneof(fc.constant(none), some);
const share = fc.double({ min: 0, max: 1, noNaN: true });
const container = fc.nat({ max: 31 });

const traffic = {
  cost: fc.constantFrom(1, 1, 1, 2, 5),
  containers: fc.oneof(fc.constantFrom(1, 2, 32), fc.integer({ min: 1, max: 32 })),
  load: fc.constantFrom(0.3, 0.8, 0.95, 1.1, 2, 5),
  requests: fc.constantFrom(150, 400),
  atOnce: fc.constantFrom(1, 1, 3, 25),
  pauseAfter: fc.constantFrom(0.3, 0.6, 1),
  wayMs: fc.constantFrom(0, 1, 5, 60),
  late: maybe(fc.constantFrom(0.05, 0.3), 0),
  lost: maybe(fc.constantFrom(0.05, 0.3), 0),
  denied: maybe(fc.constantFrom(0.2, 0.6), 0),
  monotonicStops: fc.boolean(),
  seed: fc.integer(),
};

const freezes = maybe(
  fc.array(fc.record({ container, at: share, epochs: fc.constantFrom(0.2, 1, 5, 60) }), { minLength: 1, maxLength: 4 }),
  [],
);

/** Clocks that are right. */
export const rightClocks = (budget: fc.Arbitrary<Budget>): fc.Arbitrary<LeaseRun> =>
  fc.record({ budget, ...traffic, offsets: fc.constant([]), setBack: fc.constant([]), freezes });

/**
 * Clocks that are up to 2 s or 60 s off, and are set back. Not both frozen and set back: where the one clock stands still
 * and the other goes back nobody can say how much time has passed.
 */
export const wrongClocks = (budget: fc.Arbitrary<Budget>): fc.Arbitrary<LeaseRun> =>
  fc
    .tuple(
      fc.record({
        budget,
        ...traffic,
        containers: fc.constantFrom(1, 2, 4, 32),
        offsets: fc.array(fc.constantFrom(0, 0, -300, 700, -2000, 2000, -60_000, 60_000), { maxLength: 32 }),
        setBack: fc.constant<LeaseRun['setBack']>([]),
        freezes: fc.constant<LeaseRun['freezes']>([]),
      }),
      fc.oneof(
        freezes.map((frozen) => ({ freezes: frozen })),
        fc
          .array(fc.record({ container, at: share, by: fc.constantFrom(20, 100, 700, 2000, 30_000) }), {
            minLength: 1,
            maxLength: 40,
            size: 'max',
          })
          .map((setBack) => ({ setBack })),
      ),
    )
    .map(([run, event]) => ({ ...run, ...event }));
