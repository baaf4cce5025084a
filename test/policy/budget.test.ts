import fc from 'fast-check';
import {
  bucketBudget,
  queueBudget,
  sizeOf,
  smallestBurst,
  tokenMicros,
  windowBudget,
} from '../../lambda/policy/budget.ts';
import { cellId } from '../../lambda/policy/cell-id.ts';
import { parsePolicy } from '../../lambda/policy/parse.ts';
import { MAX_WINDOW_MS, type Rate } from '../../lambda/policy/rate.ts';
import { COUNTERS } from '../../lambda/store/registry-keys.ts';

const minute = (limit: number): Rate => ({ limit, windowMs: 60_000 });

describe('windows', () => {
  test('a sliding window has ten epochs of whole milliseconds, a fixed one has one', () => {
    fc.assert(
      fc.property(
        fc.integer({ min: 1, max: 1e6 }),
        fc.integer({ min: 1, max: MAX_WINDOW_MS / 1000 }),
        (limit, seconds) => {
          const rate = { limit, windowMs: seconds * 1000 };
          const sliding = windowBudget('a', 'sliding-window', rate);
          expect(Number.isInteger(sliding.epochMs)).toBe(true);
          expect(sliding.epochMs * 10).toBe(rate.windowMs);
          expect(windowBudget('a', 'fixed-window', rate).epochMs).toBe(rate.windowMs);
        },
      ),
    );
  });
});

describe('buckets', () => {
  test.each<[string, Rate, number, number]>([
    // A quarter of the 20 s that it takes to fill; 5 s is also the longest wait.
    ['60/minute, 20', minute(60), 20, 5000],
    ['1000/minute, 200', minute(1000), 200, 3000],
    ['600/minute, 600', minute(600), 600, 5000],
    // One token takes a minute, which is longer than 5 s.
    ['60/hour, 100', { limit: 60, windowMs: 3_600_000 }, 100, 60_000],
    ['1/day, 1', { limit: 1, windowMs: 86_400_000 }, 1, 21_600_000],
    ['100/second, 20', { limit: 100, windowMs: 1000 }, 20, 100],
  ])('%s: an epoch of %#', (_, rate, burst, epochMs) => {
    expect(bucketBudget('a', rate, burst).epochMs).toBe(epochMs);
  });

  const rates = fc
    .record({
      limit: fc.integer({ min: 1, max: 100_000 }),
      windowMs: fc.integer({ min: 1, max: 86_400 }).map((s) => s * 1000),
    })
    .filter(({ limit, windowMs }) => limit * 1000 <= 1e6 * windowMs);

  test('sustain their rate from the smallest burst on, and never with less', () => {
    fc.assert(
      fc.property(rates, fc.integer({ min: 0, max: 10_000 }), (rate, more) => {
        const burst = smallestBurst(rate) + more;
        const { epochMs } = bucketBudget('a', rate, burst);
        const token = tokenMicros(rate);
        expect(epochMs).toBeGreaterThanOrEqual(100);
        expect(Number.isInteger(epochMs)).toBe(true);
        expect(epochMs * 1000).toBeLessThanOrEqual(burst * token);
        expect(epochMs * 1000).toBeLessThanOrEqual(Math.max(5_000_000, token, 100_000));
        if (more === 0 && burst > 1) expect(100_000).toBeGreaterThan((burst - 1) * token);
      }),
    );
  });

  test('the smallest burst that is refused and the one that is named agree', () => {
    const policy = (burst: number) =>
      parsePolicy(`limits: { a: { per: client, rate: 500/second, algorithm: token-bucket, burst: ${burst} } }`);
    expect(policy(49).problems[0]!.mend).toBe('use at least 50');
    expect(policy(50).policy).toBeDefined();
  });
});

describe('queues', () => {
  test.each<[string, Rate, number]>([
    ['100/second: not shorter than 0.1 s', { limit: 100, windowMs: 1000 }, 100],
    ['5/second: one place', { limit: 5, windowMs: 1000 }, 200],
    ['10/minute: not longer than 1 s', minute(10), 1000],
  ])('%s', (_, rate, epochMs) => {
    expect(queueBudget('a', rate, 5, 2000)).toMatchObject({ algorithm: 'leaky-bucket', queue: 5, epochMs });
  });

  test('hold the one that leaves, and those whose turn comes in time', () => {
    expect(sizeOf(queueBudget('a', { limit: 10, windowMs: 1000 }, 5, 2000))).toBe(6);
    expect(sizeOf(queueBudget('a', { limit: 10, windowMs: 1000 }, 50, 2000))).toBe(21);
    expect(sizeOf(queueBudget('a', minute(10), 50, 2000))).toBe(1);
    expect(sizeOf(bucketBudget('a', minute(60), 20))).toBe(20);
    expect(sizeOf(windowBudget('a', 'fixed-window', minute(60)))).toBe(60);
  });
});

describe('cell ids', () => {
  test('are three base-36 characters, and never an attribute of the item itself', () => {
    const ids = Array.from({ length: 700_000 }, (_, index) => cellId([index]));
    expect(ids.every((id) => /^[0-9a-z]{3}$/.test(id))).toBe(true);
    // So many hashes meet every id but the reserved one.
    expect(new Set(ids).size).toBe(36 ** 3 - 1);
    expect(ids.includes(COUNTERS.ttl)).toBe(false);
  });

  test('change with name, window, epoch and algorithm, not with the count', () => {
    const base = windowBudget('a', 'sliding-window', minute(60)).cellId;
    expect(windowBudget('a', 'sliding-window', minute(90)).cellId).toBe(base);
    expect(windowBudget('b', 'sliding-window', minute(60)).cellId).not.toBe(base);
    expect(windowBudget('a', 'fixed-window', minute(60)).cellId).not.toBe(base);
    expect(windowBudget('a', 'sliding-window', { limit: 60, windowMs: 120_000 }).cellId).not.toBe(base);
  });

  test('change with the resolution and the calendar, and not with the rate of a queue', () => {
    const base = windowBudget('a', 'sliding-window', minute(60));
    expect(windowBudget('a', 'sliding-window', minute(60), 20).cellId).not.toBe(base.cellId);
    const month = { limit: 5, windowMs: 31 * 86_400_000 };
    const id = (rate: Rate) => windowBudget('a', 'fixed-window', rate).cellId;
    expect(id({ ...month, calendar: 'month' })).not.toBe(id(month));
    const queue = (limit: number) => queueBudget('a', { limit, windowMs: 1000 }, 5, 2000).cellId;
    expect(queue(20)).toBe(queue(50));
  });

  test("of buckets change with the epoch and with how many epochs a bucket's debt can reach", () => {
    const id = (rate: Rate, burst: number) => bucketBudget('a', rate, burst).cellId;
    // Epochs of 5 s, 24 of them: the same scale at two rates.
    expect(id(minute(60), 120)).toBe(id(minute(120), 240));
    expect(id(minute(60), 120)).not.toBe(id(minute(60), 240));
    expect(id(minute(60), 20)).not.toBe(id(minute(60), 16));
  });

  test('that collide are refused with the names', () => {
    // The first pair of names whose ids are equal, as chance has it.
    const seen = new Map<string, string>();
    let pair: readonly [string, string] | undefined;
    for (let index = 0; pair === undefined; index++) {
      const id = windowBudget(`n${index}`, 'sliding-window', minute(5)).cellId;
      const before = seen.get(id);
      if (before !== undefined) pair = [before, `n${index}`];
      seen.set(id, `n${index}`);
    }
    const text = `limits:\n${pair.map((name) => `  ${name}: { per: address, rate: 5/minute }\n`).join('')}`;
    const { policy, problems } = parsePolicy(text);
    expect(policy).toBeUndefined();
    expect(problems).toMatchObject([{ code: 'HG120', line: 3, column: 3, mend: `rename \`${pair[1]}\`` }]);
    expect(problems[0]!.message).toContain(pair[0]);
  });
});
