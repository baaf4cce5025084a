import fc from 'fast-check';
import type { CounterStore } from '../../lambda/limiter/counter-store.ts';
import { Limiter } from '../../lambda/limiter/limiter.ts';
import type { Verdict } from '../../lambda/limiter/verdict.ts';
import type { Budget } from '../../lambda/policy/policy.ts';
import { asked, charge, fixedWindow, logWindow, slidingWindow } from '../limiter/budgets.ts';
import { recordingStore, Simulation } from './simulation.ts';

const WINDOW = 60_000;

/** One try: when, at which container, what it costs, how long its handler runs, and whether it counts after all. */
const tries = fc.array(
  fc.record({
    pause: fc.oneof(fc.nat(50), fc.nat(WINDOW / 4)),
    container: fc.nat(3),
    cost: fc.constantFrom(1, 1, 1, 2),
    runs: fc.oneof(fc.nat(100), fc.nat(2 * WINDOW)),
    counts: fc.boolean(),
  }),
  { minLength: 20, maxLength: 120 },
);
const run = fc.record({
  tries,
  limit: fc.integer({ min: 1, max: 8 }),
  algorithm: fc.constantFrom(...(['sliding', 'log', 'fixed'] as const)),
  flights: fc.array(fc.nat(40), { minLength: 1, maxLength: 20 }),
});
const BUDGETS: Record<'sliding' | 'log' | 'fixed', (limit: number) => Budget> = {
  sliding: (limit) => slidingWindow(limit, WINDOW),
  log: (limit) => logWindow(limit, WINDOW),
  fixed: (limit) => fixedWindow(limit, WINDOW),
};

/** The unit was counted at some instant from `from` (asked) to `at` (answered). */
interface Admitted {
  readonly from: number;
  readonly at: number;
  readonly cost: number;
  counts: boolean;
}

async function play({ tries, limit, algorithm, flights }: typeof run extends fc.Arbitrary<infer T> ? T : never) {
  const simulation = new Simulation();
  let flight = 0;
  const store: CounterStore = recordingStore(simulation, () => flights[flight++ % flights.length]!);
  const budget = BUDGETS[algorithm](limit);
  const limiters = Array.from({ length: 4 }, () => new Limiter({ store, clock: () => simulation.now }));
  const admitted: Admitted[] = [];
  const failures: Verdict['failure'][] = [];
  let at = simulation.now;
  for (const one of tries) {
    at += one.pause;
    simulation.at(at, async () => {
      const from = simulation.now;
      const limiter = limiters[one.container]!;
      const charges = [charge(budget, { cost: one.cost })];
      const asking = [{ ...asked('client:anna', ...charges), refundable: true }];
      const verdict = await limiter.decide(asking);
      if (verdict.failure) failures.push(verdict.failure);
      if (!verdict.allowed) return;
      const entry = { from, at: simulation.now, cost: one.cost, counts: true };
      admitted.push(entry);
      if (one.counts) return;
      simulation.at(simulation.now + one.runs, async () => {
        await limiter.refund(verdict);
        entry.counts = false;
      });
    });
  }
  await simulation.run();
  return { budget, admitted, failures };
}

/** The most that counted in any stretch of a window's length, or in any window of a fixed one. */
function most(counted: readonly Admitted[], budget: Budget): number {
  const sums = counted.map(({ from }) =>
    counted
      .filter((other) => {
        const begin = budget.algorithm === 'fixed-window' ? Math.floor(from / WINDOW) * WINDOW : from;
        return other.from >= begin && other.at < begin + WINDOW;
      })
      .reduce((sum, { cost }) => sum + cost, 0),
  );
  return Math.max(0, ...sums);
}

test('never more failures than the limit in any window, whatever is given back, whenever, and by whom', async () => {
  await fc.assert(
    fc.asyncProperty(run, async (given) => {
      const { budget, admitted, failures } = await play(given);
      expect(failures).toEqual([]);
      const counted = admitted.filter(({ counts }) => counts);
      expect(most(counted, budget)).toBeLessThanOrEqual(given.limit);
    }),
    { numRuns: 150 },
  );
}, 60_000);
