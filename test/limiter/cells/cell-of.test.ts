import { cellOf } from '../../../lambda/limiter/cells/cell-of.ts';
import { fixedWindow, slidingWindow, tokenBucket } from '../budgets.ts';

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
  });

  test.each([
    [{ ...fixedWindow(0, 1000) }, 'limit is 0, allowed are whole numbers from 1'],
    [{ ...fixedWindow(1.5, 1000) }, 'limit is 1.5'],
    [{ ...slidingWindow(5, 1000), epochMs: 300 }, 'windowMs 1000 is not a multiple of epochMs 300'],
    [{ ...fixedWindow(5, 1000), cellId: 'a.b' }, 'its id has to be'],
    [{ ...fixedWindow(5, 1000), cellId: 'v' }, 'its id has to be'],
    [tokenBucket(1, 86_400_000, 1_000_000, 86_400_000), 'a burst of 1000000 takes longer than 142 years'],
  ])('refuses what cannot be counted in whole numbers: %#', (budget, message) => {
    expect(() => cellOf(budget)).toThrow(message);
    expect(() => cellOf(budget)).toThrow(expect.objectContaining({ code: 'HG308' }));
  });
});
