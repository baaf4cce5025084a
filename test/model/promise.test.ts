import { counterWindow, fixedWindow, leakyBucket, logWindow, slidingWindow, tokenBucket } from '../limiter/budgets.ts';
import { isKept } from './promise.ts';

/** `units` at each of the times, seconds from a whole minute. */
const at = (...times: number[]) => times.map((time) => ({ at: 1.8e12 + time * 1000, units: 1 }));

/** The check by the true time is itself tested: what it lets pass, and what is one too many. */
describe('what is promised by the true time', () => {
  test.each([
    ['sliding window', slidingWindow(2, 10_000), at(3, 12.999), at(3, 3, 12.999)],
    ['sliding window log', logWindow(2, 10_000), at(3, 12.999, 13), at(12.999, 3, 3)],
    ['fixed window', fixedWindow(2, 10_000), at(9, 9, 10, 10), at(0, 4, 9.999)],
    ['sliding window counter', counterWindow(2, 10_000), at(9, 9, 10, 10), at(0, 4, 9.999)],
    // Two at once, and one for each further five seconds, an epoch of one second rounded up.
    ['token bucket', tokenBucket(2, 10_000, 2, 1000), at(0, 0, 4, 9), at(0, 0, 3.9)],
    // One, and one a second, an idle queue opened in any second.
    ['leaky bucket', leakyBucket(1, 1000, 5), at(0, 0, 1, 2), at(0, 0, 0.9)],
  ])('%s', (_name, budget, kept, broken) => {
    expect(isKept(budget, kept, 0)).toBe(true);
    expect(isKept(budget, broken, 0)).toBe(false);
  });

  test('clocks that are off make every stretch shorter, or the inflow larger', () => {
    expect(isKept(slidingWindow(2, 10_000), at(3, 3, 10.999), 1000)).toBe(false);
    expect(isKept(slidingWindow(2, 10_000), at(3, 3, 11), 1000)).toBe(true);
    expect(isKept(fixedWindow(2, 10_000), at(1, 4, 8.999), 1000)).toBe(false);
    expect(isKept(fixedWindow(2, 10_000), at(0.999, 4, 8), 1000)).toBe(true);
    expect(isKept(tokenBucket(2, 10_000, 2, 1000), at(0, 0, 1.9), 1000)).toBe(false);
    expect(isKept(tokenBucket(2, 10_000, 2, 1000), at(0, 0, 2), 1000)).toBe(true);
  });
});
