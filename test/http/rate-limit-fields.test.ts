import fc from 'fast-check';
import { parseList } from 'structured-headers';
import { rateLimitFields } from '../../lambda/http/rate-limit-fields.ts';
import { exposedHeaders, headersOfStyles, rateLimitHeadersOf } from '../../lambda/http/rate-limit-headers.ts';
import { readContext } from '../../lambda/http/read-context.ts';
import { contextOf } from '../../lambda/http/verdict-context.ts';
import { Limiter, type LimitStatus, type Verdict } from '../../lambda/limiter/index.ts';
import { bucketBudget, queueBudget, windowBudget } from '../../lambda/policy/budget.ts';
import { memoryStore } from '../../lambda/store/memory.ts';
import { asked, charge } from '../limiter/budgets.ts';

const now = 1_800_000_000_400;
const status = (name: string, more: Partial<LimitStatus> = {}): LimitStatus => ({
  name,
  subject: 'client:acme',
  mode: 'enforce',
  limit: 60,
  windowMs: 60_000,
  remaining: 59,
  resetAt: now + 60_000,
  allowed: true,
  ...more,
});
/** What an independent parser of structured fields makes of a field: names with their parameters. */
const parsed = (field: string) =>
  parseList(field).map(([name, parameters]) => [name, Object.fromEntries(parameters)] as const);

describe('the fields of the IETF draft', () => {
  test('every enforced limit by name, in the order of the policy', () => {
    const fields = rateLimitFields(
      [
        status('client'),
        status('tried', { mode: 'shadow' }),
        status('export', { limit: 10, windowMs: 86_400_000, remaining: 9, resetAt: now + 3_599_001 }),
      ],
      now,
    )!;
    expect(fields.policy).toBe('"client";q=60;w=60, "export";q=10;w=86400');
    expect(fields.state).toBe('"client";r=59;t=60, "export";r=9;t=3600');
    expect(parsed(fields.policy)).toEqual([
      ['client', { q: 60, w: 60 }],
      ['export', { q: 10, w: 86_400 }],
    ]);
  });

  test('a limit that denies has nothing left until the instant of Retry-After; others tell what they have', () => {
    const binding = status('a', { allowed: false, remaining: 2, retryAt: now + 12_001 });
    const limits = [binding, status('b', { remaining: 4 })];
    const verdict: Verdict = { allowed: false, limits, binding, retryAt: binding.retryAt!, writes: 0 };
    const context = contextOf(verdict, { tier: 'free' }, now, ['ratelimit']);
    expect(parsed(context.stateField!)).toEqual([
      ['a', { r: 0, t: 13 }],
      ['b', { r: 4, t: 60 }],
    ]);
    expect(context.retryAfter).toBe('13');
  });

  test('a limit of several routes stands once, with the least that it has left', () => {
    const statuses = [status('a', { remaining: 3 }), status('a', { remaining: 1 }), status('a', { remaining: 2 })];
    expect(rateLimitFields(statuses, now)!.state).toBe('"a";r=1;t=60');
  });

  test('no limits, no fields', () => {
    expect(rateLimitFields([], now)).toBeUndefined();
    expect(rateLimitFields([status('tried', { mode: 'shadow' })], now)).toBeUndefined();
  });

  test('of fifty limits the sixteen with the least left, within a kilobyte', () => {
    const limits = Array.from({ length: 50 }, (_, i) => status(`${'n'.repeat(29)}-${i + 10}`, { remaining: 50 - i }));
    const { policy, state } = rateLimitFields(limits, now)!;
    expect(parsed(state).map(([, { r }]) => r)).toEqual(Array.from({ length: 16 }, (_, i) => i + 1));
    expect(parsed(policy).map(([name]) => name)).toEqual(parsed(state).map(([name]) => name));
    expect(Math.max(policy.length, state.length)).toBeLessThan(1024);
  });

  test.each([
    ['a window', windowBudget('a', 'sliding-window', { limit: 60, windowMs: 60_000 }), { q: 60, w: 60 }],
    [
      'a bucket: its burst, and how long it fills',
      bucketBudget('a', { limit: 60, windowMs: 60_000 }, 20),
      { q: 20, w: 20 },
    ],
    ['a queue: its places', queueBudget('a', { limit: 10, windowMs: 1000 }, 20, 2000), { q: 21, w: 3 }],
  ])('%s, as the limiter says it', async (_, budget, expected) => {
    const limiter = new Limiter({ store: memoryStore(), clock: () => now });
    const verdict = await limiter.decide([asked('one', charge(budget))]);
    const { policy, state } = rateLimitFields(verdict.limits, now)!;
    expect(parsed(policy)[0]![1]).toEqual(expected);
    expect(parsed(state)[0]![1].r).toBe(expected.q - 1);
  });

  test('whatever the figures are, both fields parse, and pass the middleware unchanged', () => {
    const number = fc.oneof(fc.nat(), fc.double({ noNaN: false }), fc.maxSafeInteger());
    const name = fc.stringMatching(/^[a-z0-9-]{1,32}$/);
    const limit = fc.record({
      name,
      limit: number,
      remaining: number,
      fillMs: number,
      resetAt: number,
      allowed: fc.boolean(),
    });
    fc.assert(
      fc.property(fc.array(limit, { minLength: 1, maxLength: 50 }), (limits) => {
        const statuses = limits.map(({ name, ...more }) => status(name, { ...more, retryAt: more.resetAt }));
        const context = contextOf({ allowed: true, limits: statuses, writes: 0 }, { tier: 'free' }, now, ['ratelimit']);
        const names = parsed(context.policyField!).map(([one]) => one);
        expect(new Set(names).size).toBe(names.length);
        for (const [, { r, t }] of parsed(context.stateField!)) {
          expect(r).toBeGreaterThanOrEqual(0);
          expect(t).toBeGreaterThanOrEqual(0);
        }
        expect(readContext({ authorizer: context })).toEqual(context);
      }),
    );
  });
});

describe("the policy's choice", () => {
  const binding = status('client');
  const verdict: Verdict = { allowed: true, limits: [binding], binding, writes: 1 };
  const headers = (...styles: Parameters<typeof contextOf>[3] & {}) =>
    Object.keys(rateLimitHeadersOf(contextOf(verdict, { tier: 'free' }, now, styles)));

  test('one kind, the other, or both; `limitName` is there always', () => {
    const classic = ['X-RateLimit-Limit', 'X-RateLimit-Remaining', 'X-RateLimit-Reset'];
    const fields = ['RateLimit-Policy', 'RateLimit'];
    expect(headers('x-ratelimit')).toEqual(classic);
    expect(headers('ratelimit')).toEqual(fields);
    expect(headers('x-ratelimit', 'ratelimit')).toEqual([...classic, ...fields]);
    expect(contextOf(verdict, { tier: 'free' }, now, ['ratelimit']).limitName).toBe('client');
    expect(headersOfStyles(['ratelimit']).map(([name]) => name)).toEqual(fields);
    expect(exposedHeaders(['ratelimit'])).toEqual(expect.arrayContaining(fields));
  });

  test.each([
    '"a";r=1;t=2\r\nSet-Cookie: x',
    '"a\\"";r=1;t=2',
    'a;r=1;t=2',
    `"a";r=1;t=${'2'.repeat(16)}`,
    Array(17).fill('"a";r=1;t=2').join(', '),
    '',
  ])('the middleware leaves out %j, which the authorizer cannot have written', (stateField) => {
    const context = { ...contextOf(verdict, { tier: 'free' }, now, ['ratelimit']), stateField };
    expect(readContext({ authorizer: context })).not.toHaveProperty('stateField');
  });
});
