import { cellOf } from '../../../lambda/limiter/cells/cell-of.ts';
import {
  calendarWindow,
  counterWindow,
  fixedWindow,
  leakyBucket,
  logWindow,
  slidingWindow,
  tokenBucket,
} from '../budgets.ts';

describe('cellOf', () => {
  test('makes one cell for each budget object', () => {
    const budget = slidingWindow(5, 1000);
    expect(cellOf(budget)).toBe(cellOf(budget));
    expect(cellOf(budget)).not.toBe(cellOf({ ...budget }));
  });

  test('keeps an item until none of its cells matters', () => {
    expect(cellOf(fixedWindow(5, 1000)).keepMs).toBe(2000);
    expect(cellOf(slidingWindow(5, 1000)).keepMs).toBe(1200);
    expect(cellOf(tokenBucket(1, 1000, 30, 200)).keepMs).toBe(30_400);
    expect(cellOf(logWindow(5, 1000)).keepMs).toBe(1200);
    expect(cellOf(counterWindow(5, 1000)).keepMs).toBe(3000);
    // The queue's 2 s, one more place, two epochs.
    expect(cellOf(leakyBucket(1, 1000, 2)).keepMs).toBe(5000);
    expect(cellOf(calendarWindow(5, 'month')).keepMs).toBe(62 * 86_400_000);
  });

  test.each([
    [{ ...fixedWindow(0, 1000) }, 'limit is 0, allowed are whole numbers from 1'],
    [{ ...fixedWindow(1.5, 1000) }, 'limit is 1.5'],
    [{ ...slidingWindow(5, 1000), epochMs: 300 }, 'windowMs 1000 is not a multiple of epochMs 300'],
    [{ ...fixedWindow(5, 1000), cellId: 'a.b' }, 'its id has to be'],
    [{ ...fixedWindow(5, 1000), cellId: 'v' }, 'its id has to be'],
    [logWindow(101, 1000), 'a log holds at most 100 units, its limit is 101'],
    [{ ...slidingWindow(5, 1000), calendar: 'month' as const }, 'only a fixed window'],
    [{ ...fixedWindow(5, 1000), algorithm: 'leaky-bucket' as const }, 'it needs queue and maxDelayMs'],
    [{ ...leakyBucket(5, 1000, 2), queue: 0 }, 'queue is 0'],
    [tokenBucket(1, 86_400_000, 1_000_000, 86_400_000), 'a burst of 1000000 takes longer than 142 years'],
  ])('refuses what cannot be counted in whole numbers: %#', (budget, message) => {
    expect(() => cellOf(budget)).toThrow(message);
    expect(() => cellOf(budget)).toThrow(expect.objectContaining({ code: 'HG308' }));
  });
});
