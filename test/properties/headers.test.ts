import fc from 'fast-check';
import { rateLimitHeadersOf } from '../../lambda/http/rate-limit-headers.ts';
import { contextOf } from '../../lambda/http/verdict-context.ts';
import { Limiter } from '../../lambda/limiter/limiter.ts';
import { memoryStore } from '../../lambda/store/memory.ts';
import { asked, charge } from '../limiter/budgets.ts';
import { anyBudget, moves } from './arbitraries.ts';

jest.setTimeout(60_000);

/** What a caller reads in the headers. */
describe('the headers of an answer', () => {
  test('are whole numbers within bounds; who is denied and waits Retry-After seconds is admitted', async () => {
    await fc.assert(
      fc.asyncProperty(anyBudget, moves(1), async (budget, steps) => {
        const store = memoryStore();
        let now = 1.8e12 + 0.25;
        const limiter = new Limiter({ store, clock: () => now });
        const most = Math.max(budget.limit, budget.burst ?? 0, (budget.queue ?? 0) + 1);
        const refilled = (most * budget.windowMs) / budget.limit;
        const longest = Math.max(refilled, budget.windowMs) + 2 * Math.max(budget.epochMs, budget.windowMs);
        for (const step of steps) {
          now += Math.round((step.wait * budget.windowMs) / 1000);
          const request = [asked('one', charge(budget, { cost: step.cost }))];
          const verdict = await limiter.decide(request);
          const headers = rateLimitHeadersOf(contextOf(verdict, { tier: 'free' }, now));
          for (const value of Object.values(headers)) expect(value).toMatch(/^\d{1,16}$/);
          const [limit, remaining, reset, retryAfter] = [
            'X-RateLimit-Limit',
            'X-RateLimit-Remaining',
            'X-RateLimit-Reset',
            'Retry-After',
          ].map((name) => (headers[name] === undefined ? undefined : Number(headers[name])));
          const size = verdict.limits[0]!.limit;
          expect(limit).toBe(size);
          expect(size).toBeLessThanOrEqual(most);
          expect(remaining).toBeLessThanOrEqual(verdict.allowed ? size - step.cost : 0);
          expect(reset! * 1000).toBeGreaterThanOrEqual(Math.floor(now));
          expect(reset! * 1000).toBeLessThanOrEqual(now + longest + 1000);
          expect(retryAfter === undefined).toBe(verdict.allowed);
          if (verdict.allowed || step.cost > size) continue;

          expect(retryAfter).toBeGreaterThanOrEqual(1);
          expect(retryAfter! * 1000).toBeLessThanOrEqual(longest + 1000);
          now += retryAfter! * 1000;
          expect((await limiter.decide(request)).allowed).toBe(true);
        }
      }),
      { numRuns: 100 },
    );
  });

  test('no float is ever written into a counter, whatever the clock says', async () => {
    const fractions = fc.array(fc.double({ min: 0, max: 70_000, noNaN: true }), { minLength: 1, maxLength: 60 });
    await fc.assert(
      fc.asyncProperty(anyBudget, fractions, async (budget, waits) => {
        const store = memoryStore();
        let now = 1.8e12;
        const limiters = [0, 1, 2].map(() => new Limiter({ store, clock: () => now }));
        for (const [i, wait] of waits.entries()) {
          now += wait;
          await limiters[i % 3]!.decide([asked('one', charge(budget))]);
          for (const value of Object.values(store.items.get('one') ?? {})) {
            expect(Number.isSafeInteger(value) && value >= 0).toBe(true);
          }
        }
      }),
      { numRuns: 60 },
    );
  });
});
