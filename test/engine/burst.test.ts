import { Limiter } from '../../lambda/limiter/limiter.ts';
import type { Budget } from '../../lambda/policy/policy.ts';
import {
  asked,
  charge,
  counterWindow,
  fixedWindow,
  leakyBucket,
  logWindow,
  slidingWindow,
  tokenBucket,
} from '../limiter/budgets.ts';
import { inFlight } from '../support/engine/in-flight.ts';
import { useEngine } from '../support/engine/use-engine.ts';

/** A limit of 20 and 200 requests, 8 at a time, from several containers. */
describe('a burst over a limit of 20', () => {
  const engine = useEngine();
  const budgets: [string, Budget][] = [
    ['sliding window', slidingWindow(20, 60_000)],
    ['fixed window', fixedWindow(20, 60_000)],
    ['token bucket', tokenBucket(20, 60_000, 20, 5000)],
    ['sliding window counter', counterWindow(20, 60_000)],
    ['sliding window log', logWindow(20, 60_000)],
    // One leaves at once, 19 wait.
    ['queue', leakyBucket(20, 1000, 19)],
  ];

  test.each(budgets)('%s: exactly 20 pass, with 19 to 0 remaining, each once', async (name, budget) => {
    const now = 1.8e12 + 1234;
    const limiters = Array.from({ length: 5 }, () => new Limiter({ store: engine.store, clock: () => now }));

    const verdicts = await inFlight(200, 8, (i) =>
      limiters[i % limiters.length]!.decide([asked(`client:${name}`, charge(budget))]),
    );

    const allowed = verdicts.filter((verdict) => verdict.allowed);
    const remaining = allowed.map((verdict) => verdict.binding?.remaining ?? -1).sort((a, b) => b - a);
    expect(remaining).toEqual(Array.from({ length: 20 }, (_, i) => 19 - i));
    expect(verdicts.filter((verdict) => verdict.failure)).toEqual([]);
    for (const verdict of verdicts.filter((one) => !one.allowed)) {
      expect(verdict.binding).toMatchObject({ remaining: 0, allowed: false });
      expect(verdict.retryAt).toBeGreaterThan(now);
    }
  });

  test('once a container has met the denial it writes no more', async () => {
    const limiter = new Limiter({ store: engine.store, clock: () => 1.8e12 });
    const request = [asked('client:remembered', charge(slidingWindow(1, 60_000)))];

    expect(await limiter.decide(request)).toMatchObject({ allowed: true, writes: 1 });
    for (let i = 0; i < 10; i++) expect(await limiter.decide(request)).toMatchObject({ allowed: false, writes: 0 });
  });
});
