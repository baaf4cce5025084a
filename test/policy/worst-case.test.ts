import fc from 'fast-check';
import { Limiter } from '../../lambda/limiter/limiter.ts';
import { bucketBudget, queueBudget, smallestBurst, windowBudget } from '../../lambda/policy/budget.ts';
import { compilePolicy } from '../../lambda/policy/parse.ts';
import type { Budget } from '../../lambda/policy/policy.ts';
import { mostWithin, worstCases, worstCaseText } from '../../lambda/policy/worst-case.ts';
import { memoryStore } from '../../lambda/store/memory.ts';

const minute = (limit: number) => ({ limit, windowMs: 60_000 });
const day = (limit: number) => ({ limit, windowMs: 86_400_000 });

test.each<[Budget, string]>([
  [
    windowBudget('a', 'sliding-window', minute(60)),
    '60/minute: at most 60 in any minute, at least 0.91 of that under steady demand',
  ],
  [
    windowBudget('a', 'sliding-window', { limit: 10, windowMs: 1000 }),
    '10/second: at most 10 in any second, at least 0.91 of that under steady demand; at most 600 in one minute',
  ],
  [
    windowBudget('a', 'fixed-window', day(10)),
    '10/day, counted from midnight UTC: at most 20 in any day, around the start of one; at most 20 in one minute',
  ],
  [
    windowBudget('a', 'fixed-window', { limit: 100, windowMs: 900_000 }),
    '100/15 minutes, counted from each multiple of 15 minutes since 1970 (UTC): at most 200 in any 15 minutes, around the start of one; at most 200 in one minute',
  ],
  [
    windowBudget('a', 'sliding-window', minute(60), 20),
    '60/minute: at most 60 in any minute, at least 0.95 of that under steady demand',
  ],
  [
    windowBudget('a', 'sliding-window-counter', minute(60)),
    '60/minute, the previous minute fading: at most 119 in any minute, around the start of one',
  ],
  [
    windowBudget('a', 'sliding-window-counter', { limit: 60, windowMs: 3_600_000 }),
    '60/hour, the previous hour fading: at most 119 in any hour, around the start of one; at most 60 in one minute',
  ],
  [
    windowBudget('a', 'sliding-window-log', minute(60)),
    '60/minute: at most 60 in any minute, exact to the millisecond',
  ],
  [
    windowBudget('a', 'fixed-window', { limit: 100, windowMs: 31 * 86_400_000, calendar: 'month' }),
    // The last of January, February, and the first of March lie within 31 days.
    '100/calendar-month, counted from the first of the month, midnight UTC: at most 300 in any 31 days, around the start of one; at most 200 in one minute',
  ],
  [
    windowBudget('a', 'fixed-window', { limit: 100, windowMs: 7 * 86_400_000, calendar: 'week' }),
    '100/calendar-week, counted from Monday, midnight UTC: at most 200 in any 7 days, around the start of one; at most 200 in one minute',
  ],
  [
    queueBudget('a', { limit: 10, windowMs: 1000 }, 20, 2000),
    '10/second, up to 20 waiting at most 2 s: at most 12 leave in one second; at most 602 in one minute',
  ],
  [bucketBudget('a', minute(60), 20), '60/minute with a burst of 20: at most 80 in one minute'],
  [
    bucketBudget('a', { limit: 60, windowMs: 3_600_000 }, 10),
    '60/hour with a burst of 10: at most 70 in one hour; at most 11 in one minute',
  ],
])('%#: %s', (budget, text) => {
  expect(worstCaseText(budget)).toBe(text);
});

test('tiers with the same budget are one case', () => {
  const policy = compilePolicy(
    `tiers: [free, silver, gold]
limits:
  client: { per: client, rate: { free: 10/minute, silver: 10/minute, gold: 20/minute } }
  all: { per: all, rate: 5/second }`,
    'x',
  );
  expect(policy.limits.map((limit) => worstCases(limit).map(({ tiers, perMinute }) => [tiers, perMinute]))).toEqual([
    [
      [['free', 'silver'], 10],
      [['gold'], 20],
    ],
    [[[], 300]],
  ]);
});

/** Instants at which the real limiter lets a caller through, after its wait, that sends at each of `times`. */
async function admitted(budget: Budget, times: readonly number[]): Promise<readonly number[]> {
  let now = 0;
  const limiter = new Limiter({ store: memoryStore(), clock: () => now });
  const charge = { name: 'a', budget, cost: 1, mode: 'enforce', onStoreFailure: 'deny' } as const;
  const passed: number[] = [];
  for (const time of times) {
    now = time;
    const { allowed, waitMs = 0 } = await limiter.decide([{ subject: 'address:x', charges: [charge] }]);
    if (allowed) passed.push(time + waitMs);
  }
  return passed.sort((a, b) => a - b);
}

/** The most of `times` that lie in one half-open stretch of `ms`. */
function densest(times: readonly number[], ms: number): number {
  let [most, first] = [0, 0];
  for (const [last, time] of times.entries()) {
    while (times[first]! <= time - ms) first++;
    most = Math.max(most, last - first + 1);
  }
  return most;
}

describe('the real limiter', () => {
  const start = Date.UTC(2027, 0, 15);
  /** Silence, a clump at some phase, then all that one can send. */
  const attack = (budget: Budget, phase: number, clump: number): readonly number[] => {
    const from = start + budget.windowMs + phase;
    const step = Math.max(1, Math.floor(budget.epochMs / 4));
    const clumps = Array.from({ length: 40 }, (_, index) => from + index * step);
    return clumps.flatMap((time) => Array<number>(clump).fill(time));
  };
  const budgets = fc.oneof(
    fc.integer({ min: 1, max: 30 }).map((limit) => windowBudget('a', 'sliding-window', { limit, windowMs: 10_000 })),
    fc
      .integer({ min: 1, max: 30 })
      .map((limit) => windowBudget('a', 'sliding-window-counter', { limit, windowMs: 10_000 })),
    fc
      .integer({ min: 1, max: 30 })
      .map((limit) => windowBudget('a', 'sliding-window-log', { limit, windowMs: 10_000 })),
    fc
      .tuple(fc.integer({ min: 1, max: 60 }), fc.integer({ min: 1, max: 20 }))
      .map(([limit, queue]) => queueBudget('a', { limit, windowMs: 10_000 }, queue, 3000)),
    fc.integer({ min: 1, max: 30 }).map((limit) => windowBudget('a', 'fixed-window', { limit, windowMs: 10_000 })),
    fc.tuple(fc.integer({ min: 1, max: 100 }), fc.integer({ min: 0, max: 30 })).map(([limit, more]) => {
      const rate = { limit, windowMs: 10_000 };
      return bucketBudget('a', rate, smallestBurst(rate) + more);
    }),
  );

  test('never lets through more than the worst case says', async () => {
    await fc.assert(
      fc.asyncProperty(
        budgets,
        fc.nat(20_000),
        fc.integer({ min: 1, max: 20 }),
        fc.integer({ min: 500, max: 25_000 }),
        async (budget, phase, clump, ms) => {
          const passed = await admitted(budget, attack(budget, phase, clump));
          expect(densest(passed, ms)).toBeLessThanOrEqual(mostWithin(budget, ms));
          expect(densest(passed, budget.windowMs)).toBeLessThanOrEqual(mostWithin(budget, budget.windowMs));
        },
      ),
      { numRuns: 60 },
    );
  });

  test('reaches the worst case of a fixed window and of a bucket: the words do not exaggerate', async () => {
    const fixed = windowBudget('a', 'fixed-window', { limit: 5, windowMs: 10_000 });
    const border = Math.ceil(start / 10_000) * 10_000;
    const around = [...Array<number>(5).fill(border - 1), ...Array<number>(5).fill(border)];
    expect(densest(await admitted(fixed, around), 10_000)).toBe(mostWithin(fixed, 10_000));

    const bucket = bucketBudget('a', { limit: 60, windowMs: 60_000 }, 20);
    const first = Math.ceil(start / bucket.epochMs) * bucket.epochMs - 1;
    const times = [first, ...Array.from({ length: 12 }, (_, index) => first + 1 + index * bucket.epochMs)];
    const passed = await admitted(
      bucket,
      times.flatMap((time) => Array<number>(20).fill(time)),
    );
    expect(densest(passed, 60_000)).toBe(80);
    expect(mostWithin(bucket, 60_000)).toBe(80);
  });

  test('a sliding window counter lets nearly twice its limit through in one window, a log no more than its limit', async () => {
    // All at the end of a window, then all that fades in the next.
    const border = Math.ceil(start / 10_000) * 10_000;
    const times = Array.from({ length: 2000 }, (_, index) => border - 1 + index * 10).flatMap((time) => [time, time]);
    const burst = [...Array<number>(100).fill(border - 1), ...times];
    const rate = { limit: 100, windowMs: 10_000 };
    const counter = windowBudget('a', 'sliding-window-counter', rate);
    expect(densest(await admitted(counter, burst), 10_000)).toBe(199);
    expect(mostWithin(counter, 10_000)).toBe(199);
    expect(densest(await admitted(windowBudget('a', 'sliding-window-log', rate), burst), 10_000)).toBe(100);
    expect(densest(await admitted(windowBudget('a', 'sliding-window', rate), burst), 10_000)).toBe(100);
  });

  test.each([
    ['sliding-window', 10, 0.9],
    ['sliding-window', 20, 0.94],
    ['sliding-window-counter', undefined, 0.97],
    ['sliding-window-log', undefined, 0.99],
    ['fixed-window', undefined, 0.99],
  ] as const)('%s (%s) lets at least that share of its limit pass under steady demand', async (algorithm, m, share) => {
    const budget = windowBudget('a', algorithm, { limit: 100, windowMs: 10_000 }, m);
    const times = Array.from({ length: 2000 }, (_, index) => start + index * 50);
    const passed = await admitted(budget, times);
    const settled = passed.filter((time) => time >= start + 20_000 && time < start + 100_000).length / 800;
    expect(settled).toBeGreaterThanOrEqual(share);
    expect(settled).toBeLessThanOrEqual(1.01);
  });

  test('a queue lets its whole rate leave, and never a clump', async () => {
    const budget = queueBudget('a', { limit: 10, windowMs: 1000 }, 20, 2000);
    const times = Array.from({ length: 3000 }, (_, index) => start + 17 + index * 10);
    const left = await admitted(budget, times);
    expect(left.filter((time) => time >= start + 5000 && time < start + 25_000)).toHaveLength(200);
    expect(densest(left, 1000)).toBe(10);
  });

  test('gives a sliding window 0.91 of its limit under steady demand', async () => {
    const budget = windowBudget('a', 'sliding-window', { limit: 200, windowMs: 10_000 });
    // Twice what is allowed, for ten windows.
    const times = Array.from({ length: 4000 }, (_, index) => start + index * 25);
    const passed = await admitted(budget, times);
    const settled = passed.filter((time) => time >= start + 20_000 && time < start + 97_000);
    expect(settled.length / 7.7 / 200).toBeGreaterThanOrEqual(0.9);
  });
});
