import fc from 'fast-check';
import { Limiter } from '../../lambda/limiter/limiter.ts';
import { sizeOf } from '../../lambda/policy/budget.ts';
import { memoryStore } from '../../lambda/store/memory.ts';
import { asked, charge } from '../limiter/budgets.ts';
import { anyBudget, moves } from './arbitraries.ts';

jest.setTimeout(60_000);

/** What a verdict says about the future holds. */
describe('what a verdict promises', () => {
  test('a lone caller who waits until retryAt is admitted then, and not a millisecond earlier', async () => {
    await fc.assert(
      fc.asyncProperty(anyBudget, moves(1), async (budget, steps) => {
        const store = memoryStore();
        let now = 1.8e12;
        const limiter = new Limiter({ store, clock: () => now });
        for (const step of steps) {
          now += Math.round((step.wait * budget.windowMs) / 1000);
          const request = [asked('one', charge(budget, { cost: step.cost }))];
          const verdict = await limiter.decide(request);
          if (verdict.allowed || step.cost > sizeOf(budget)) continue;

          expect(verdict.retryAt).toBeGreaterThan(now);
          now = verdict.retryAt! - 1;
          expect(await limiter.decide(request)).toMatchObject({ allowed: false, retryAt: verdict.retryAt, writes: 0 });
          now = verdict.retryAt!;
          expect((await limiter.decide(request)).allowed).toBe(true);
        }
      }),
      { numRuns: 100 },
    );
  });

  test('remaining is what can still be taken at once, and at resetAt the whole limit is free again', async () => {
    await fc.assert(
      fc.asyncProperty(anyBudget, moves(1), async (budget, steps) => {
        const store = memoryStore();
        let now = 1.8e12;
        const limiter = new Limiter({ store, clock: () => now });
        for (const step of steps) {
          now += Math.round((step.wait * budget.windowMs) / 1000);
          await limiter.decide([asked('one', charge(budget, { cost: step.cost }))]);
        }
        const [status] = (await limiter.decide([asked('one', charge(budget))])).limits;
        const left = status!.remaining;
        if (left > 0) {
          const more = await limiter.decide([asked('one', charge(budget, { cost: left + 1 }))]);
          expect(more.allowed).toBe(false);
          const all = await limiter.decide([asked('one', charge(budget, { cost: left }))]);
          expect(all).toMatchObject({ allowed: true, limits: [{ remaining: 0 }] });
          now = all.limits[0]!.resetAt;
        } else {
          now = status!.resetAt;
        }
        const whole = await limiter.decide([asked('one', charge(budget, { cost: status!.limit }))]);
        expect(whole).toMatchObject({ allowed: true, limits: [{ remaining: 0 }] });
      }),
      { numRuns: 100 },
    );
  });

  test('a shadow limit changes no verdict, and is itself reported as if it were enforced alone', async () => {
    await fc.assert(
      fc.asyncProperty(anyBudget, anyBudget, moves(3), async (enforced, rule, steps) => {
        const shadow = { ...rule, cellId: 'shd' };
        let now = 1.8e12;
        const clock = () => now;
        const limiters = () => {
          const store = memoryStore();
          return Array.from({ length: 3 }, () => new Limiter({ store, clock }));
        };
        const [both, enforcedAlone] = [limiters(), limiters()];
        for (const step of steps) {
          now += Math.round((step.wait * enforced.windowMs) / 1000);
          const real = charge(enforced, { cost: step.cost });
          const verdict = await both[step.instance]!.decide([
            asked('one', real, charge(shadow, { cost: step.cost, mode: 'shadow' })),
          ]);
          const alone = await enforcedAlone[step.instance]!.decide([asked('one', real)]);
          expect(verdict.allowed).toBe(alone.allowed);
          expect(verdict.binding?.name).toBe(enforced.cellId);
        }
      }),
      { numRuns: 60 },
    );
  });
});
