import fc from 'fast-check';
import { Limiter } from '../../lambda/limiter/index.ts';
import { bucketBudget, queueBudget, windowBudget } from '../../lambda/policy/budget.ts';
import type { Budget } from '../../lambda/policy/policy.ts';
import { ALGORITHMS } from '../../lambda/policy/schema.ts';
import { memoryStore } from '../../lambda/store/memory.ts';
import { Ledger } from '../../local/demo/ledger.ts';

const budget = (algorithm: Budget['algorithm'], more: Partial<Budget> = {}): Budget => ({
  algorithm,
  limit: 10,
  windowMs: 60_000,
  epochMs: 6_000,
  cellId: 'abc',
  ...more,
});
const MINUTE = 60_000;
/** The beginning of a minute. */
const T0 = 1_000 * MINUTE;

function ledgerOf(of: Budget, taken: readonly [at: number, cost: number][]): Ledger {
  const ledger = new Ledger(of);
  for (const [at, cost] of taken) ledger.take({ sentAt: T0 + at, answeredAt: T0 + at + 10, cost });
  return ledger;
}
const span = (from: number, to: number) => ({ from: T0 + from, to: T0 + to });

describe('what the words of a policy leave', () => {
  test('a sliding window gives exactly its limit in any window', () => {
    const ledger = ledgerOf(budget('sliding-window'), [
      [0, 3],
      [1_000, 1],
    ]);
    expect(ledger.room(span(2_000, 5_000))).toEqual({ least: 6, most: 6 });
  });

  test('a sliding window forgets: perhaps after the window, surely an epoch later', () => {
    const ledger = ledgerOf(budget('sliding-window'), [[0, 10]]);
    expect(ledger.room(span(59_000, 59_900))).toEqual({ least: 0, most: 0 });
    expect(ledger.room(span(61_000, 61_500))).toEqual({ least: 0, most: 10 });
    expect(ledger.room(span(66_100, 66_200))).toEqual({ least: 10, most: 10 });
  });

  test('a fixed window gives its limit anew at the edge of the clock', () => {
    const ledger = ledgerOf(budget('fixed-window'), [[50_000, 10]]);
    expect(ledger.room(span(55_000, 59_000))).toEqual({ least: 0, most: 0 });
    expect(ledger.room(span(55_000, 61_000))).toEqual({ least: 0, most: 10 });
    expect(ledger.room(span(60_000, 61_000))).toEqual({ least: 10, most: 10 });
  });

  test('a bucket gives its burst, and what flows in meanwhile', () => {
    const bucket = budget('token-bucket', { burst: 4, epochMs: 1_000 });
    expect(ledgerOf(bucket, []).room(span(0, 0))).toEqual({ least: 4, most: 5 });
    const emptied = ledgerOf(bucket, [[0, 4]]);
    expect(emptied.room(span(100, 100))).toEqual({ least: 0, most: 2 });
    // A minute's tokens are ten, but no more than the burst fits.
    expect(emptied.room(span(MINUTE, MINUTE)).most).toBeLessThanOrEqual(5);
  });

  test('a log forgets what is a window old, to the millisecond', () => {
    const ledger = ledgerOf(budget('sliding-window-log'), [[0, 10]]);
    expect(ledger.room(span(59_000, 59_900))).toEqual({ least: 0, most: 0 });
    expect(ledger.room(span(60_005, 60_006)).most).toBe(10);
    expect(ledger.room(span(60_011, 60_012))).toEqual({ least: 10, most: 10 });
  });

  test('a counter lets the previous window fade', () => {
    const ledger = ledgerOf(budget('sliding-window-counter'), [[30_000, 10]]);
    expect(ledger.room(span(59_000, 59_900))).toEqual({ least: 0, most: 0 });
    // A quarter of the next window: three quarters of ten still count, give or take a hundredth.
    expect(ledger.room(span(75_000, 75_000))).toEqual({ least: 2, most: 3 });
    expect(ledger.room(span(120_000, 120_000))).toEqual({ least: 10, most: 10 });
  });

  test('a queue takes as many as may wait, and those that leave meanwhile', () => {
    const queue = budget('leaky-bucket', { windowMs: 1_000, epochMs: 100, queue: 5, maxDelayMs: 300 });
    // A place is 100 ms, and nobody waits longer than 300: three wait, one leaves.
    expect(ledgerOf(queue, []).room(span(0, 0))).toEqual({ least: 4, most: 5 });
    expect(ledgerOf(queue, [[0, 4]]).room(span(10, 10))).toEqual({ least: 0, most: 1 });
    expect(ledgerOf(queue, [[0, 4]]).room(span(1_000, 2_000)).least).toBe(4);
    expect(ledgerOf(queue, []).room(span(0, 1_000)).most).toBeGreaterThanOrEqual(14);
  });

  test.each([
    ['day', Date.UTC(2026, 10, 24), Date.UTC(2026, 10, 25)],
    ['week', Date.UTC(2026, 10, 23), Date.UTC(2026, 10, 30)],
    ['month', Date.UTC(2026, 10, 1), Date.UTC(2026, 11, 1)],
  ] as const)('a quota of a calendar-%s begins anew with it', (calendar, begins, ends) => {
    const ledger = new Ledger(budget('fixed-window', { windowMs: 86_400_000, calendar }));
    ledger.take({ sentAt: begins, answeredAt: begins, cost: 10 });
    expect(ledger.room({ from: ends - 2, to: ends - 1 })).toEqual({ least: 0, most: 0 });
    expect(ledger.room({ from: ends - 1, to: ends })).toEqual({ least: 0, most: 10 });
    expect(ledger.room({ from: ends, to: ends })).toEqual({ least: 10, most: 10 });
    expect(ledger.room({ from: begins, to: begins })).toEqual({ least: 0, most: 0 });
  });

  const minute = { limit: 12, windowMs: MINUTE };
  test.each<[string, Budget]>([
    ['sliding-window', windowBudget('a', 'sliding-window', minute)],
    ['sliding-window, resolution 20', windowBudget('a', 'sliding-window', minute, 20)],
    ['sliding-window-log', windowBudget('a', 'sliding-window-log', minute)],
    ['sliding-window-counter', windowBudget('a', 'sliding-window-counter', minute)],
    ['fixed-window', windowBudget('a', 'fixed-window', minute)],
    ['calendar-day', windowBudget('a', 'fixed-window', { limit: 12, windowMs: 86_400_000, calendar: 'day' })],
    ['token-bucket', bucketBudget('a', minute, 5)],
    ['leaky-bucket', queueBudget('a', minute, 3, 3000)],
    ['leaky-bucket, quick', queueBudget('a', { limit: 7, windowMs: 1000 }, 10, 1000)],
  ])('the real limiter gives what the words of %s leave, neither more nor less', async (_, of) => {
    const batches = fc.array(
      fc.record({
        pause: fc.nat(Math.min(of.windowMs, 100_000)),
        count: fc.integer({ min: 1, max: 20 }),
        apart: fc.nat(400),
      }),
      { minLength: 1, maxLength: 8 },
    );
    await fc.assert(
      fc.asyncProperty(batches, async (traffic) => {
        let now = T0 + 12 * 3_600_000;
        const limiter = new Limiter({ store: memoryStore(), clock: () => now });
        const charge = { name: 'a', budget: of, cost: 1, mode: 'enforce', onStoreFailure: 'deny' } as const;
        const ledger = new Ledger(of);
        for (const { pause, count, apart } of traffic) {
          now += pause;
          const from = now;
          const passed: { sentAt: number; answeredAt: number; cost: number }[] = [];
          for (let sent = 0; sent < count; sent++) {
            const sentAt = now;
            const { allowed, waitMs = 0 } = await limiter.decide([{ subject: 'client:x', charges: [charge] }]);
            now += waitMs;
            if (allowed) passed.push({ sentAt, answeredAt: now, cost: 1 });
            now += apart;
          }
          const { least, most } = ledger.room({ from, to: now });
          expect(passed.length).toBeGreaterThanOrEqual(Math.min(count, least));
          expect(passed.length).toBeLessThanOrEqual(most);
          for (const taken of passed) ledger.take(taken);
        }
      }),
      { numRuns: 60 },
    );
  });

  test('the least is never more than the most, and both shrink with what is taken', () => {
    fc.assert(
      fc.property(
        fc.constantFrom(...ALGORITHMS),
        fc.array(fc.tuple(fc.integer({ min: 0, max: 3 * MINUTE }), fc.integer({ min: 1, max: 3 })), { maxLength: 20 }),
        fc.integer({ min: 0, max: 3 * MINUTE }),
        fc.integer({ min: 0, max: MINUTE }),
        (algorithm, taken, from, length) => {
          const sorted = taken.filter(([at]) => at < from).sort((a, b) => a[0] - b[0]);
          const of = budget(algorithm, { burst: 5, queue: 4, maxDelayMs: 3_000 });
          const room = ledgerOf(of, sorted).room(span(from, from + length));
          const one = ledgerOf(of, [...sorted, [from - 1, 1]]).room(span(from, from + length));
          expect(room.least).toBeLessThanOrEqual(room.most);
          expect(one.least).toBeLessThanOrEqual(room.least);
          expect(one.most).toBeLessThanOrEqual(room.most);
        },
      ),
      { numRuns: 200 },
    );
  });
});
