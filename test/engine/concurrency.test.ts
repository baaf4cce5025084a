import { Limiter } from '../../lambda/limiter/limiter.ts';
import { asked, charge, fixedWindow, slidingWindow, tokenBucket } from '../limiter/budgets.ts';
import { seeded } from '../properties/random.ts';
import { countedByEpoch, excess, type RecordingStore } from '../properties/simulation.ts';
import { useEngine } from '../support/engine/use-engine.ts';

/** 32 requests under way at once on 8 containers whose clocks differ by up to four seconds. */
describe('concurrency on the engine', () => {
  const engine = useEngine();

  test('no stretch of epochs exceeds any of four limits, and what passes is what was counted', async () => {
    const random = seeded(11);
    const store: RecordingStore = {
      counted: new Map(),
      items: new Map(),
      writes: 0,
      async update(subject, write) {
        store.writes++;
        const outcome = await engine.store.update(subject, write);
        if (outcome.applied) {
          for (const { attribute, add } of write.assignments) {
            const key = `${subject} ${attribute}`;
            store.counted.set(key, (store.counted.get(key) ?? 0) + Number(add));
          }
        }
        return outcome;
      },
    };
    const budgets = [
      slidingWindow(60, 60_000, 10, 'sli'),
      slidingWindow(45, 30_000, 5, 'sho'),
      fixedWindow(50, 30_000, 'fix'),
      tokenBucket(40, 20_000, 40, 2000, 'bkt'),
    ];
    let now = 1.8e12;
    const limiters = Array.from({ length: 8 }, () => {
      const offset = Math.floor((random() - 0.5) * 4000);
      return new Limiter({ store, clock: () => now + offset });
    });
    const request = [asked('client:a', ...budgets.map((budget) => charge(budget)))];

    let allowed = 0;
    for (let round = 0; round < 80; round++) {
      now += Math.floor(-Math.log(1 - random()) * 12_000);
      const verdicts = await Promise.all(Array.from({ length: 32 }, (_, i) => limiters[i % 8]!.decide(request)));
      expect(verdicts.filter((verdict) => verdict.failure)).toEqual([]);
      allowed += verdicts.filter((verdict) => verdict.allowed).length;
    }

    for (const budget of budgets) {
      const byEpoch = countedByEpoch(store, 'client:a', budget);
      expect(excess(byEpoch, budget)).toBeLessThanOrEqual(0);
      expect(byEpoch.reduce((sum, [, units]) => sum + units, 0)).toBeCloseTo(allowed, 6);
    }
    expect(allowed).toBeGreaterThan(300);
    expect(allowed).toBeLessThan(1500);
  }, 60_000);
});
