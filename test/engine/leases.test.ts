import { Limiter } from '../../lambda/limiter/limiter.ts';
import type { Budget } from '../../lambda/policy/policy.ts';
import { asked, charge, counterWindow, fixedWindow, slidingWindow, tokenBucket } from '../limiter/budgets.ts';
import { seeded } from '../properties/random.ts';
import { countedByEpoch, excess, type RecordingStore } from '../properties/simulation.ts';
import { useEngine } from '../support/engine/use-engine.ts';

/** 8 containers, clumps of 24 at once, twice the ceiling; one clock is set back again and again, and one stands still. */
describe('leases on the engine', () => {
  const engine = useEngine();

  test.each<[string, Budget]>([
    ['fixed window', fixedWindow(200, 1000, 'fix')],
    ['sliding window', slidingWindow(200, 2000, 10, 'sli')],
    ['sliding window counter', counterWindow(200, 1000, 'cnt')],
    ['token bucket', tokenBucket(200, 1000, 100, 250, 'bkt')],
  ])('%s: never over, and each that passes is counted', async (name, budget) => {
    const random = seeded(5);
    const subject = `all:${name}`;
    let writes = 0;
    const store: RecordingStore = {
      counted: new Map(),
      items: new Map(),
      writes: 0,
      async update(key, write) {
        const outcome = await engine.store.update(key, write);
        if (outcome.applied) {
          writes++;
          for (const { attribute, add } of write.assignments) {
            const entry = `${key} ${attribute}`;
            store.counted.set(entry, (store.counted.get(entry) ?? 0) + Number(add));
          }
        }
        return outcome;
      },
    };
    let now = 1.8e12;
    let back = 0;
    const limiters = Array.from(
      { length: 8 },
      (_, i) =>
        new Limiter({ store, clock: () => now - (i === 0 ? back : 0), monotonic: () => (i === 1 ? 7 : now - 1.7e12) }),
    );
    const request = [{ ...asked(subject, charge(budget, { onStoreFailure: 'deny' })), shared: true }];
    const passes: number[] = [];
    let decisions = 0;
    for (let round = 0; round < 60; round++) {
      now += Math.floor(-Math.log(1 - random()) * 60);
      if (round % 7 === 0) back = Math.floor(random() * 900);
      const verdicts = await Promise.all(Array.from({ length: 24 }, (_, i) => limiters[i % 8]!.decide(request)));
      decisions += verdicts.length;
      for (const { allowed } of verdicts) if (allowed) passes.push(now);
    }

    const byEpoch = countedByEpoch(store, subject, budget);
    expect(excess(byEpoch, budget)).toBeLessThanOrEqual(1e-6);
    expect(byEpoch.reduce((sum, [, units]) => sum + units, 0)).toBeGreaterThanOrEqual(passes.length - 1e-6);
    expect(passes.length).toBeGreaterThan(100);
    expect(passes.length).toBeLessThan(decisions);
    // Some were paid from leases.
    expect(writes).toBeLessThan(passes.length);
  });
});
