import fc from 'fast-check';
import { Limiter } from '../../lambda/limiter/limiter.ts';
import type { Budget } from '../../lambda/policy/policy.ts';
import { asked, charge } from '../limiter/budgets.ts';
import {
  anyBudget,
  bucketBudget,
  counterBudget,
  fixedBudget,
  logBudget,
  type Move,
  moves,
  queueBudget,
  slidingBudget,
} from './arbitraries.ts';
import { countedByEpoch, excess, recordingStore, Simulation } from './simulation.ts';

jest.setTimeout(60_000);

interface Admission {
  readonly time: number;
  readonly waitMs: number;
  readonly cost: number;
}

const INSTANCES = 4;

/** One request after the other, from instances that remember one subject only, so that they often forget. */
async function admitted(budget: Budget, steps: readonly Move[], offsets: readonly number[] = []): Promise<Admission[]> {
  const store = recordingStore();
  let now = 1.8e12;
  const instances = Array.from(
    { length: INSTANCES },
    (_, i) => new Limiter({ store, clock: () => now + (offsets[i] ?? 0), maxSubjects: 1 }),
  );
  const admissions: Admission[] = [];
  for (const step of steps) {
    now += Math.round((step.wait * budget.windowMs) / 1000);
    if (step.cold) await instances[step.instance]!.decide([asked('other', charge(budget))]);
    const verdict = await instances[step.instance]!.decide([asked('one', charge(budget, { cost: step.cost }))]);
    expect(verdict.failure).toBeUndefined();
    if (verdict.allowed) admissions.push({ time: now, waitMs: verdict.waitMs ?? 0, cost: step.cost });
  }
  for (const item of store.items.values()) expect(Object.values(item).every(Number.isSafeInteger)).toBe(true);
  return admissions;
}

const sum = (admissions: readonly Admission[]) => admissions.reduce((units, { cost }) => units + cost, 0);

describe('never more than a limit allows, one request after the other', () => {
  test('sliding window: in no stretch of a window, wherever it begins, both ends included', async () => {
    await fc.assert(
      fc.asyncProperty(slidingBudget, moves(INSTANCES), async (budget, steps) => {
        const all = await admitted(budget, steps);
        for (const { time: end } of all) {
          const within = all.filter(({ time }) => time >= end - budget.windowMs && time <= end);
          expect(sum(within)).toBeLessThanOrEqual(budget.limit);
        }
      }),
      { numRuns: 150 },
    );
  });

  test('sliding window, clocks that disagree by c: in no stretch that is c shorter', async () => {
    const offsets = fc.array(fc.integer({ min: -4000, max: 4000 }), { minLength: INSTANCES, maxLength: INSTANCES });
    await fc.assert(
      fc.asyncProperty(slidingBudget, moves(INSTANCES), offsets, async (budget, steps, clocks) => {
        const all = await admitted(budget, steps, clocks);
        const stretch = budget.windowMs - (Math.max(...clocks) - Math.min(...clocks));
        for (const { time: end } of all) {
          const within = all.filter(({ time }) => time >= end - stretch && time <= end);
          expect(stretch < 0 ? 0 : sum(within)).toBeLessThanOrEqual(budget.limit);
        }
      }),
      { numRuns: 100 },
    );
  });

  test('fixed window: in no window that begins at a multiple of its length', async () => {
    await fc.assert(
      fc.asyncProperty(fixedBudget, moves(INSTANCES), async (budget, steps) => {
        const all = await admitted(budget, steps);
        const windowOf = ({ time }: Admission) => Math.floor(time / budget.windowMs);
        for (const one of all) {
          expect(sum(all.filter((other) => windowOf(other) === windowOf(one)))).toBeLessThanOrEqual(budget.limit);
        }
      }),
      { numRuns: 100 },
    );
  });

  test('sliding window log: in no stretch of a window, to the millisecond', async () => {
    await fc.assert(
      fc.asyncProperty(logBudget, moves(INSTANCES), async (budget, steps) => {
        const all = await admitted(budget, steps);
        for (const { time: end } of all) {
          const within = all.filter(({ time }) => time > end - budget.windowMs && time <= end);
          expect(sum(within)).toBeLessThanOrEqual(budget.limit);
        }
      }),
      { numRuns: 80 },
    );
  });

  test('sliding window counter: at no request more than the limit with the previous window fading', async () => {
    await fc.assert(
      fc.asyncProperty(counterBudget, moves(INSTANCES), async (budget, steps) => {
        const { windowMs, limit } = budget;
        const all = await admitted(budget, steps);
        for (const [i, { time }] of all.entries()) {
          const start = time - (time % windowMs);
          const before = all.slice(0, i + 1);
          const present = sum(before.filter((one) => one.time >= start));
          const previous = sum(before.filter((one) => one.time < start && one.time >= start - windowMs));
          expect(present * windowMs + previous * (start + windowMs - time)).toBeLessThanOrEqual(limit * windowMs);
        }
      }),
      { numRuns: 80 },
    );
  });

  test('leaky bucket: no stretch sees more leave than its rate gives, and nobody waits longer than said', async () => {
    await fc.assert(
      fc.asyncProperty(queueBudget, moves(INSTANCES), async (budget, steps) => {
        const place = Math.ceil((budget.windowMs * 1000) / budget.limit);
        const all = await admitted(budget, steps);
        const leaves = all.map(({ time, waitMs, cost }) => ({ time: time + waitMs, cost }));
        for (const { waitMs } of all) expect(waitMs).toBeLessThanOrEqual(budget.maxDelayMs!);
        for (const [first, { time: start, cost: own }] of leaves.entries()) {
          for (let last = first; last < leaves.length; last++) {
            const { time: end } = leaves[last]!;
            // The places of the first one begin before it leaves; its last begins when it leaves, rounded up.
            const most = ((end - start + budget.epochMs + 1) * 1000) / place + own;
            const within = leaves.slice(first, last + 1);
            expect(within.reduce((units, { cost }) => units + cost, 0)).toBeLessThanOrEqual(most);
          }
        }
      }),
      { numRuns: 50 },
    );
  });

  test('token bucket: no stretch exceeds the burst and what flows in during the epochs that it touches', async () => {
    await fc.assert(
      fc.asyncProperty(bucketBudget, moves(INSTANCES), async (budget, steps) => {
        const all = await admitted(budget, steps);
        for (const [first, { time: start }] of all.entries()) {
          for (let last = first; last < all.length; last++) {
            const { time: end } = all[last]!;
            const epochs = Math.floor(end / budget.epochMs) - Math.floor(start / budget.epochMs);
            const most = budget.burst! + (epochs * budget.epochMs * budget.limit) / budget.windowMs;
            expect(sum(all.slice(first, last + 1))).toBeLessThanOrEqual(most);
          }
        }
      }),
      { numRuns: 60 },
    );
  });
});

describe('never more than a limit allows, many requests under way, clocks that differ', () => {
  test('no stretch of counted epochs exceeds the limit, whatever the clocks and the time in flight', async () => {
    const lateness = fc.constantFrom(0, 0.3, 0.95, 1.5, 3);
    const seed = fc.infiniteStream(fc.double({ min: 0, max: 1, noNaN: true }));
    await fc.assert(
      fc.asyncProperty(anyBudget, moves(INSTANCES), lateness, seed, async (budget, steps, late, numbers) => {
        const random = () => numbers.next().value;
        const simulation = new Simulation();
        // Clocks that differ by more than ten seconds are a failure of their own.
        const most = Math.min(late * budget.epochMs, 9000);
        const store = recordingStore(simulation, () => Math.round((random() * most) / 4));
        const instance = () => {
          const offset = Math.round((random() - 0.5) * most);
          return new Limiter({ store, clock: () => simulation.now + offset });
        };
        const instances = Array.from({ length: INSTANCES }, instance);
        let units = 0;
        const failures: unknown[] = [];
        let time = simulation.now;
        for (const step of steps) {
          time += Math.round((step.wait * budget.windowMs) / 1000);
          simulation.at(time, async () => {
            if (step.cold) instances[step.instance] = instance();
            const limiter = instances[step.instance]!;
            const verdict = await limiter.decide([asked('one', charge(budget, { cost: step.cost }))]);
            if (verdict.failure) failures.push(verdict.failure);
            if (verdict.allowed) units += step.cost;
          });
        }
        await simulation.run();

        const byEpoch = countedByEpoch(store, 'one', budget);
        expect(failures).toEqual([]);
        expect(byEpoch.reduce((counted, [, n]) => counted + n, 0)).toBeCloseTo(units, 6);
        expect(excess(byEpoch, budget)).toBeLessThanOrEqual(0);
      }),
      { numRuns: 80 },
    );
  });

  test('several subjects: none over its limit, and nothing passes that was not counted for each', async () => {
    const way = fc.constantFrom(0, 20, 200);
    const seed = fc.infiniteStream(fc.double({ min: 0, max: 1, noNaN: true }));
    await fc.assert(
      fc.asyncProperty(anyBudget, anyBudget, moves(INSTANCES), way, seed, async (own, shared, steps, late, numbers) => {
        const simulation = new Simulation();
        const store = recordingStore(simulation, () => Math.round(numbers.next().value * late));
        const instances = Array.from({ length: INSTANCES }, () => new Limiter({ store, clock: () => simulation.now }));
        const passed = { all: 0, a: 0, b: 0 };
        let time = simulation.now;
        for (const [i, step] of steps.entries()) {
          time += Math.round((step.wait * own.windowMs) / 1000);
          const name = i % 3 === 0 ? 'a' : 'b';
          simulation.at(time, async () => {
            const cost = { cost: step.cost };
            const request = [asked(name, charge(own, cost)), asked('all', charge(shared, cost))];
            const { allowed, failure } = await instances[step.instance]!.decide(request);
            if (allowed) for (const subject of [name, 'all'] as const) passed[subject] += step.cost;
            if (failure) passed.all = Number.NaN;
          });
        }
        await simulation.run();

        for (const [subject, budget] of [
          ['a', own],
          ['b', own],
          ['all', shared],
        ] as const) {
          const byEpoch = countedByEpoch(store, subject, budget);
          expect(excess(byEpoch, budget)).toBeLessThanOrEqual(0);
          expect(passed[subject]).toBeLessThanOrEqual(byEpoch.reduce((units, [, n]) => units + n, 1e-6));
        }
      }),
      { numRuns: 50 },
    );
  });
});
