import { Limiter } from '../../lambda/limiter/limiter.ts';
import type { SubjectCharges } from '../../lambda/limiter/verdict.ts';
import type { Budget } from '../../lambda/policy/policy.ts';
import { reliableStore } from '../../lambda/store/reliable-store.ts';
import { asked, charge, fixedWindow, logWindow, slidingWindow } from '../limiter/budgets.ts';
import { useEngine } from '../support/engine/use-engine.ts';

const HOUR = 3_600_000;

/** Five failed log-ins per account and hour, from eight containers. */
describe('what is charged before and given back on success', () => {
  const engine = useEngine();
  const budgets: [string, Budget][] = [
    ['sliding window', slidingWindow(5, HOUR)],
    ['sliding window log', logWindow(5, HOUR)],
    ['fixed window', fixedWindow(5, HOUR)],
  ];
  let now = 1.8e12 + 1234;
  const containers = () => {
    const store = reliableStore(engine.store, { firstDeadlineMs: 30_000, deadlineMs: 30_000 });
    return Array.from({ length: 8 }, () => new Limiter({ store, clock: () => now }));
  };
  const request = (subject: string, budget: Budget): SubjectCharges[] => [
    { ...asked(subject, charge(budget)), refundable: true },
  ];

  test.each(budgets)('%s: of 100 failures at once 5 pass', async (name, budget) => {
    const limiters = containers();
    const one = request(`client:at once, ${name}`, budget);
    const verdicts = await Promise.all(Array.from({ length: 100 }, (_, i) => limiters[i % 8]!.decide(one)));
    expect(verdicts.filter(({ allowed }) => allowed)).toHaveLength(5);
    expect(verdicts.filter(({ failure }) => failure)).toEqual([]);
  });

  test.each(budgets)(
    '%s: successes among failures are free, and never make room for a sixth failure',
    async (name, budget) => {
      const limiters = containers();
      const one = request(`client:mixed, ${name}`, budget);
      let failures = 0;
      let successes = 0;
      let refused = 0;
      const storeFailures: unknown[] = [];
      // Each lane is one caller, who answers slowly; every third try would succeed if it were let through.
      const lane = async (at: number) => {
        for (let i = 0; i < 12; i++) {
          const limiter = limiters[(at + i) % 8]!;
          const verdict = await limiter.decide(one);
          if (verdict.failure) storeFailures.push(verdict.failure);
          if (!verdict.allowed) {
            refused++;
            now += 300;
          } else if ((at + i) % 3 === 0) {
            await limiter.refund(verdict);
            successes++;
          } else {
            failures++;
          }
        }
      };
      await Promise.all(Array.from({ length: 8 }, (_, at) => lane(at)));
      expect(storeFailures).toEqual([]);
      expect(failures).toBe(5);
      expect(successes + failures + refused).toBe(96);
      expect(refused).toBeGreaterThan(0);
    },
  );

  test.each(budgets)('%s: two hundred successes in a row leave nothing behind', async (name, budget) => {
    const limiters = containers();
    const one = request(`client:successes, ${name}`, budget);
    for (let i = 0; i < 200; i++) {
      now += 1000;
      const limiter = limiters[i % 8]!;
      const verdict = await limiter.decide(one);
      expect(verdict.allowed).toBe(true);
      expect((await limiter.refund(verdict)).binding).toMatchObject({ remaining: 5 });
    }
  });
});
