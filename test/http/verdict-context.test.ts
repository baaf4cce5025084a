import fc from 'fast-check';
import { CONTEXT } from '../../lambda/http/context.ts';
import { rateLimitProblem } from '../../lambda/http/problem.ts';
import { rateLimitHeadersOf } from '../../lambda/http/rate-limit-headers.ts';
import { readContext } from '../../lambda/http/read-context.ts';
import { contextOf } from '../../lambda/http/verdict-context.ts';
import type { LimitStatus, Verdict } from '../../lambda/limiter/verdict.ts';

const now = 1_800_000_000_400;
const status: LimitStatus = {
  name: 'client',
  subject: 'client:acme',
  mode: 'enforce',
  limit: 20,
  windowMs: 60_000,
  remaining: 7,
  resetAt: now + 12_000,
  allowed: true,
};
const passing: Verdict = { allowed: true, limits: [status], binding: status, writes: 1 };
const denied = (retryMs: number, failure?: Verdict['failure']): Verdict => {
  const binding = { ...status, allowed: false, remaining: 3, retryAt: now + retryMs };
  return {
    allowed: false,
    limits: [binding],
    binding,
    retryAt: now + retryMs,
    writes: 0,
    ...(failure ? { failure } : {}),
  };
};
const acme = { client: 'acme', tier: 'gold' };
const RESERVED = ['claims', 'error', 'integrationLatency', 'integrationStatus', 'latency', 'principalId'];

describe('the context of a verdict', () => {
  test('that passes', () => {
    expect(contextOf(passing, acme, now)).toEqual({
      verdict: 'allowed',
      limit: '20',
      remaining: '7',
      reset: '1800000013',
      limitName: 'client',
      client: 'acme',
      tier: 'gold',
    });
  });
  test('that denies: nothing is left, whatever the status says', () => {
    expect(contextOf(denied(17_001), acme, now)).toMatchObject({
      verdict: 'limited',
      remaining: '0',
      retryAfter: '18',
      detail: "The limit 'client' is used up. Try again in 18 seconds.",
    });
  });
  test.each([
    [-5000, '1'],
    [0, '1'],
    [1, '1'],
    [1000, '1'],
    [1001, '2'],
    [86_400_000, '86400'],
  ])('%i ms from now is Retry-After %s', (ms, seconds) => {
    expect(contextOf(denied(ms), acme, now).retryAfter).toBe(seconds);
  });
  test('that denies because the store failed says so', () => {
    expect(contextOf(denied(1000, 'deadline'), acme, now).detail).toBe(
      "The limit 'client' cannot be checked at present. Try again in 1 second.",
    );
  });
  test('over no limit has no numbers', () => {
    expect(contextOf({ allowed: true, limits: [], writes: 0 }, { tier: 'free' }, now)).toEqual({
      verdict: 'allowed',
      tier: 'free',
    });
  });

  test('is strings only, bounded, safe in a header and in JSON, under names that are free', () => {
    const number = fc.oneof(fc.double(), fc.integer(), fc.constantFrom(Number.NaN, Number.POSITIVE_INFINITY, -1));
    const any = fc.record({
      name: fc.string({ unit: 'binary', maxLength: 400 }),
      limit: number,
      remaining: number,
      at: number,
    });
    fc.assert(
      fc.property(
        any,
        fc.boolean(),
        fc.string({ unit: 'binary' }),
        ({ name, limit, remaining, at }, allowed, client) => {
          const binding = { ...status, name, limit, remaining, resetAt: at, retryAt: at };
          const context = contextOf(
            { allowed, limits: [], binding, writes: 0, ...(allowed ? {} : { retryAt: at }) },
            { client, tier: client },
            now,
          );
          for (const [key, value] of Object.entries(context)) {
            expect(Object.values(CONTEXT)).toContain(key);
            expect(RESERVED).not.toContain(key);
            expect(value).toMatch(/^[\x20-\x7e]{0,400}$/);
            expect(JSON.parse(`"${value}"`)).toBe(value);
          }
          for (const value of Object.values(rateLimitHeadersOf(context))) expect(value).toMatch(/^\d{1,16}$/);
        },
      ),
    );
  });
});

describe('headers', () => {
  test('of an answer that passes have no Retry-After', () => {
    expect(rateLimitHeadersOf(contextOf(passing, acme, now))).toEqual({
      'X-RateLimit-Limit': '20',
      'X-RateLimit-Remaining': '7',
      'X-RateLimit-Reset': '1800000013',
    });
  });
  test('of a 429 have it', () => {
    expect(rateLimitHeadersOf(contextOf(denied(500), acme, now))).toMatchObject({
      'Retry-After': '1',
      'X-RateLimit-Remaining': '0',
    });
  });
});

test('the body of a 429', () => {
  expect(rateLimitProblem(contextOf(denied(2500), acme, now))).toEqual({
    type: 'about:blank',
    title: 'Too Many Requests',
    status: 429,
    detail: "The limit 'client' is used up. Try again in 3 seconds.",
    limit: 'client',
    retryAfter: '3',
  });
});

describe('readContext', () => {
  const context = contextOf(denied(2500), acme, now);
  test('reads what the authorizer wrote, from either kind of event', () => {
    expect(readContext({ authorizer: { ...context, principalId: 'acme' } })).toEqual(context);
    expect(readContext({ authorizer: { lambda: context } })).toEqual(context);
  });
  test.each([undefined, null, {}, { authorizer: null }, { authorizer: 'x' }, { authorizer: { jwt: {} } }, 7])(
    '%p has none',
    (requestContext) => {
      expect(readContext(requestContext)).toBeUndefined();
    },
  );
  test('leaves out what the authorizer cannot have written', () => {
    const forged = { ...context, limit: '1\r\nSet-Cookie: x', remaining: '-1', reset: {}, verdict: 'limited' };
    expect(readContext({ authorizer: forged })).not.toHaveProperty('limit');
    expect(readContext({ authorizer: forged })).not.toHaveProperty('remaining');
    expect(readContext({ authorizer: forged })).not.toHaveProperty('reset');
    expect(readContext({ authorizer: { verdict: 'maybe' } })).toBeUndefined();
  });
});
