import { CEILING, simulateCeiling } from '../../bench/ceiling.ts';
import { slidingWindow } from '../limiter/budgets.ts';

jest.setTimeout(60_000);

/** 10,000 a second over 128 containers, 5 ms a write. Virtual time: the same figures everywhere. */
describe('a ceiling that many containers share', () => {
  test.each([
    [0.95, 0.04, 0.94],
    [2, 0.02, 0.97],
  ])('at %d of it: at most %d writes per decision, never over, at least %d of it used', async (load, most, least) => {
    const result = await simulateCeiling({ budget: CEILING, containers: 128, load, seconds: 2 });
    expect(result.writesPerDecision).toBeLessThanOrEqual(most);
    expect(result.busiestSecond).toBeLessThanOrEqual(1);
    expect(result.admitted).toBeGreaterThanOrEqual(least);
    expect(result.writesPerSecond).toBeLessThan(1000);
  });

  test('a third denied by their own limits: what they hand back is used', async () => {
    const result = await simulateCeiling({ budget: CEILING, containers: 32, load: 1.1, denied: 0.3, seconds: 2 });
    expect(result.admitted).toBeGreaterThan(0.72);
    expect(result.busiestSecond).toBeLessThanOrEqual(1);
  });

  test('a sliding window of a second, leased for tenths of it, lets all pass that is within it', async () => {
    const budget = slidingWindow(2000, 1000, 10, 'cei');
    const result = await simulateCeiling({ budget, containers: 32, load: 0.8, seconds: 3 });
    expect(result.busiestSecond).toBeLessThanOrEqual(1);
    expect(result.admitted).toBeGreaterThan(0.78);
    expect(result.writesPerDecision).toBeLessThan(0.9);
  });
});
