import fc from 'fast-check';
import { percentile } from '../../bench/measures/percentile.ts';
import { worstWindow } from '../../bench/measures/rolling-window.ts';

describe('the worst rolling window', () => {
  test.each<[string, number[], number]>([
    ['nothing', [], 0],
    ['one', [5], 1],
    ['a window is open at its end', [0, 60_000], 1],
    ['a millisecond less is within', [0, 59_999], 2],
    ['around an edge', [59_900, 59_900, 60_100, 60_100, 60_100], 5],
    ['the busiest counts, not the last', [0, 1, 2, 3, 100_000, 200_000], 4],
  ])('%s', (_what, times, worst) => {
    expect(worstWindow(times, 60_000)).toBe(worst);
  });

  test('is what counting at every request finds', () => {
    fc.assert(
      fc.property(
        fc.array(fc.integer({ min: 0, max: 500 }), { maxLength: 60 }),
        fc.integer({ min: 1, max: 200 }),
        (times, window) => {
          const sorted = times.sort((a, b) => a - b);
          const counts = sorted.map((from) => sorted.filter((at) => at >= from && at < from + window).length);
          expect(worstWindow(sorted, window)).toBe(Math.max(0, ...counts));
        },
      ),
    );
  });
});

test.each<[number[], number, number]>([
  [[], 0.5, 0],
  [[3], 0.99, 3],
  [[4, 1, 3, 2], 0.5, 2],
  [[4, 1, 3, 2], 0.99, 4],
  [Array.from({ length: 100 }, (_, i) => i + 1), 0.99, 99],
])('percentile of %j at %d is %d', (values, share, expected) => {
  expect(percentile(values, share)).toBe(expected);
});
