import fc from 'fast-check';
import type { Budget } from '../../lambda/policy/policy.ts';
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

  test('the least is never more than the most, and both shrink with what is taken', () => {
    fc.assert(
      fc.property(
        fc.constantFrom('sliding-window' as const, 'fixed-window' as const, 'token-bucket' as const),
        fc.array(fc.tuple(fc.integer({ min: 0, max: 3 * MINUTE }), fc.integer({ min: 1, max: 3 })), { maxLength: 20 }),
        fc.integer({ min: 0, max: 3 * MINUTE }),
        fc.integer({ min: 0, max: MINUTE }),
        (algorithm, taken, from, length) => {
          const sorted = taken.filter(([at]) => at < from).sort((a, b) => a[0] - b[0]);
          const of = budget(algorithm, { burst: 5 });
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
