import middy from '@middy/core';
import type { Context } from 'aws-lambda';
import { RefundError, StoreError } from '../../lambda/limiter/index.ts';
import { type RateLimitOptions, RateLimitOptionsError, rateLimit } from '../../lambda/middleware/rate-limit.ts';
import { policyFromYaml } from '../../lambda/policy/index.ts';
import { memoryStore } from '../../lambda/store/memory.ts';

// biome-ignore lint/suspicious/noExplicitAny: events and responses of four services.
type Anything = any;

const NOW = Date.UTC(2026, 10, 24, 12);
let now = NOW;
let store = memoryStore();
beforeEach(() => {
  now = NOW;
  store = memoryStore();
});
const common = () => ({ store, clock: () => now });

/** A handler behind the middleware, as a function of an event. */
function behind(options: RateLimitOptions<Anything, Anything>, handler: (event: Anything) => unknown) {
  const wrapped = middy<Anything, Anything>(handler as never).use(rateLimit({ ...common(), ...options }));
  return (event: Anything) => wrapped(event, {} as Context) as Promise<Anything>;
}

const EVENTS: [string, (address: string, body?: unknown) => Anything][] = [
  [
    'REST API',
    (address, body = {}) => ({
      httpMethod: 'POST',
      resource: '/login',
      path: '/login',
      headers: {},
      multiValueHeaders: {},
      body: JSON.stringify(body),
      requestContext: { identity: { sourceIp: address } },
    }),
  ],
  [
    'HTTP API',
    (address, body = {}) => ({
      version: '2.0',
      routeKey: 'POST /login',
      rawPath: '/login',
      body: JSON.stringify(body),
      requestContext: { http: { method: 'POST', sourceIp: address }, stage: '$default' },
    }),
  ],
  [
    'function URL',
    (address, body = {}) => ({
      version: '2.0',
      routeKey: '$default',
      rawPath: '/login',
      body: JSON.stringify(body),
      requestContext: { domainName: 'x.lambda-url.eu-west-1.on.aws', http: { method: 'POST', sourceIp: address } },
    }),
  ],
  [
    'load balancer',
    (address, body = {}) => ({
      httpMethod: 'POST',
      path: '/login',
      headers: { 'x-forwarded-for': `203.0.113.66, ${address}` },
      body: JSON.stringify(body),
      requestContext: { elb: { targetGroupArn: 'arn' } },
    }),
  ],
];
const rest = EVENTS[0]![1];
const account = (event: Anything): string => JSON.parse(event.body).account;
const ok = () => ({ statusCode: 200, body: 'ok' });

describe.each(EVENTS)('%s', (_name, event) => {
  test('by address: passes with headers, then 429 with a problem, for this address only', async () => {
    const call = behind({ name: 'log-in', rate: '2/minute' }, ok);
    const first = await call(event('198.51.100.7'));
    expect(first).toMatchObject({ statusCode: 200, body: 'ok' });
    expect(first.headers).toMatchObject({ 'X-RateLimit-Limit': '2', 'X-RateLimit-Remaining': '1' });
    await call(event('198.51.100.7'));
    const denied = await call(event('198.51.100.7'));
    expect(denied).toMatchObject({ statusCode: 429, isBase64Encoded: false });
    expect(denied.headers).toMatchObject({
      'content-type': 'application/problem+json',
      'cache-control': 'no-store',
      'X-RateLimit-Remaining': '0',
      'Retry-After': '66',
    });
    expect(JSON.parse(denied.body)).toMatchObject({ status: 429, limit: 'log-in', retryAfter: '66' });
    expect((await call(event('198.51.100.8'))).statusCode).toBe(200);
  });

  test('100 failed log-ins for one account from 100 addresses: the sixth is refused; a success before was free', async () => {
    const checked: string[] = [];
    const call = behind(
      { name: 'failed-log-ins', rate: '5/hour', by: account, countOnly: (response) => response.statusCode === 401 },
      (one) => {
        const { account, password } = JSON.parse(one.body);
        checked.push(password);
        return { statusCode: password === 'right' ? 200 : 401, body: account };
      },
    );
    const tryIt = (i: number, password: string) => call(event(`198.51.100.${i}`, { account: 'anna', password }));
    const success = await tryIt(0, 'right');
    expect(success).toMatchObject({ statusCode: 200, headers: { 'X-RateLimit-Remaining': '5' } });
    const answers = [];
    for (let i = 0; i < 100; i++) answers.push((await tryIt(i, `wrong ${i}`)).statusCode);
    expect(answers).toEqual([...Array(5).fill(401), ...Array(95).fill(429)]);
    expect(checked).toHaveLength(6);
    // Another account is not touched.
    expect((await call(event('198.51.100.1', { account: 'ben', password: 'right' }))).statusCode).toBe(200);
  });

  test('an answer that `countOnly` cannot read counts, and arrives', async () => {
    const countOnly = (response: Anything) => response.statusCode === 401;
    const call = behind({ name: 'failed', rate: '2/minute', by: account, countOnly }, () => undefined);
    const event = rest('198.51.100.7', { account: 'anna' });
    expect(await call(event)).toBeUndefined();
    expect(await call(event)).toBeUndefined();
    expect((await call(event)).statusCode).toBe(429);
  });

  test('100 concurrent failures let at most five through', async () => {
    let running = 0;
    const call = behind(
      { name: 'failed-log-ins', rate: '5/hour', by: account, countOnly: (response) => response.statusCode === 401 },
      async () => {
        running++;
        await new Promise(setImmediate);
        return { statusCode: 401, body: '' };
      },
    );
    const codes = await Promise.all(
      Array.from(
        { length: 100 },
        async (_, i) => (await call(event(`198.51.100.${i}`, { account: 'anna' }))).statusCode,
      ),
    );
    expect(codes.filter((code) => code === 401)).toHaveLength(5);
    expect(running).toBe(5);
  });
});

describe('whom it counts', () => {
  const rate = { name: 'orders', rate: '1/minute' };
  test.each([
    ['nothing', () => undefined],
    ['an empty text', () => ''],
    ['an error', (event: Anything) => event.no.such.thing],
    ['an object', (): Anything => JSON.parse('{ "toString": 1, "valueOf": 2 }')],
    ['a list', (): Anything => ['anna']],
  ])('%s from `by`: the address', async (_, by) => {
    const call = behind({ ...rate, by }, ok);
    expect((await call(rest('198.51.100.7'))).statusCode).toBe(200);
    expect((await call(rest('198.51.100.7'))).statusCode).toBe(429);
    expect((await call(rest('198.51.100.8'))).statusCode).toBe(200);
  });

  test('a huge id is one like any other', async () => {
    const call = behind({ ...rate, by: account }, ok);
    const event = rest('198.51.100.7', { account: 'x'.repeat(100_000) });
    expect((await call(event)).statusCode).toBe(200);
    expect((await call(event)).statusCode).toBe(429);
  });

  test('a policy of its own: routes, tiers, addresses behind a proxy', async () => {
    const policy = policyFromYaml(`
tiers: [free, gold]
address: { header: x-forwarded-for, trusted: [10.0.0.0/8] }
limits:
  orders: { per: client, rate: { free: 1/minute, gold: 2/minute } }
  log-in: { per: address, routes: [POST /login], rate: 3/minute }
`);
    const tier = (event: Anything) => JSON.parse(event.body).tier;
    const call = behind({ policy, by: account, tier }, ok);
    const event = (body: object, from: string) => ({
      ...rest('10.0.0.1', body),
      headers: { 'X-Forwarded-For': from },
    });
    const codes = [];
    for (const [account, tier] of [
      ['a', 'free'],
      ['a', 'free'],
      ['b', 'gold'],
      ['b', 'gold'],
      ['c', 'free'],
    ]) {
      codes.push((await call(event({ account, tier }, '198.51.100.7'))).statusCode);
    }
    expect(codes).toEqual([200, 429, 200, 200, 429]);
    expect((await call(event({ account: 'd' }, '198.51.100.8'))).statusCode).toBe(200);
  });
});

test('`by` counts instead of whom the policy names, and cannot name one of them', async () => {
  const event = rest('198.51.100.7', { account: 'apigw:k3y' });
  await behind({ name: 'orders', rate: '1/minute', by: account }, ok)(event);
  expect([...store.items.keys()]).toEqual([expect.stringMatching(/^client:#/)]);
});

describe('what is charged', () => {
  const options = {
    name: 'failed',
    rate: '5/hour',
    by: account,
    countOnly: (response: Anything) => response.statusCode >= 400,
  };
  const event = rest('198.51.100.7', { account: 'anna' });
  const remaining = async (call: (event: Anything) => Promise<Anything>) =>
    Number((await call(event)).headers['X-RateLimit-Remaining']);

  test('a handler that throws counts, since nobody knows what it has done', async () => {
    let broken = true;
    const call = behind(options, () => {
      if (broken) throw new Error('boom');
      return ok();
    });
    await expect(call(event)).rejects.toThrow('boom');
    broken = false;
    expect(await remaining(call)).toBe(4);
  });

  test('an error that another middleware answers is asked for like any response', async () => {
    const codes = [404, 200];
    const wrapped = middy<Anything, Anything>(() => {
      throw new Error('boom');
    })
      .use(rateLimit({ ...common(), ...options }))
      .use({
        onError: (request) => {
          request.response = { statusCode: codes.shift() };
        },
      });
    const call = (one: Anything) => wrapped(one, {} as Context) as Promise<Anything>;
    expect(await remaining(call)).toBe(4);
    expect(await remaining(call)).toBe(4);
  });

  test('a result without a status, behind an HTTP API, is a success', async () => {
    const call = behind({ ...options, countOnly: (response) => response.statusCode === 401 }, () => ({ hello: 'you' }));
    const response = await call(EVENTS[1]![1]('198.51.100.7', { account: 'anna' }));
    expect(response).toMatchObject({ statusCode: 200, headers: { 'X-RateLimit-Remaining': '5' } });
  });

  test('the table fails: by onStoreFailure', async () => {
    const failing = { update: () => Promise.reject(new StoreError('HG303', 'unavailable', 'down')) };
    const down = { ...common(), store: failing };
    const open = middy<Anything, Anything>(ok as never).use(rateLimit({ ...options, ...down }));
    const closed = middy<Anything, Anything>(ok as never).use(
      rateLimit({ ...options, ...down, onStoreFailure: 'deny' }),
    );
    expect((await open(event, {} as Context)).statusCode).toBe(200);
    expect((await closed(event, {} as Context)).statusCode).toBe(429);
  });
});

describe('headers', () => {
  test('of the tighter one, where an authorizer has counted too', async () => {
    const context = (remaining: string) => ({ verdict: 'allowed', limit: '100', remaining, reset: '1800000000' });
    const event = (remaining: string) => {
      const one = rest('198.51.100.7');
      return { ...one, requestContext: { ...one.requestContext, authorizer: context(remaining) } };
    };
    const call = behind({ name: 'orders', rate: '50/minute' }, ok);
    expect((await call(event('3'))).headers).toMatchObject({
      'X-RateLimit-Limit': '100',
      'X-RateLimit-Remaining': '3',
    });
    expect((await call(event('99'))).headers).toMatchObject({
      'X-RateLimit-Limit': '50',
      'X-RateLimit-Remaining': '48',
    });
  });

  test('a load balancer that sends several values gets them so', async () => {
    const event = {
      httpMethod: 'GET',
      path: '/',
      multiValueHeaders: { 'x-forwarded-for': ['198.51.100.7'] },
      requestContext: { elb: {} },
    };
    const call = behind({ name: 'all', rate: '1/minute' }, () => ({ ...ok(), headers: { 'X-Own': 'yes' } }));
    const first = await call(event);
    expect(first.multiValueHeaders).toMatchObject({ 'X-Own': ['yes'], 'X-RateLimit-Remaining': ['0'] });
    expect(first.headers).toBeUndefined();
    expect((await call(event)).multiValueHeaders).toMatchObject({ 'Retry-After': ['66'] });
  });

  test('CORS headers of the 429 are the given ones, and expose ours', async () => {
    const call = behind({ name: 'all', rate: '1/minute', limitedHeaders: { 'access-control-allow-origin': '*' } }, ok);
    await call(rest('198.51.100.7'));
    const { headers } = await call(rest('198.51.100.7'));
    expect(headers['access-control-allow-origin']).toBe('*');
    expect(headers['Access-Control-Expose-Headers']).toContain('Retry-After');
  });

  test('a stream is refused', async () => {
    const call = behind({ name: 'all', rate: '1/minute' }, () => ({ statusCode: 200, body: { pipe() {} } }));
    await expect(call(rest('198.51.100.7'))).rejects.toThrow('HG340: rateLimit()');
  });
});

describe('options', () => {
  test.each([
    [{ name: 'Log In', rate: '5/hour' }, 'the name is "Log In"'],
    [{ name: 'a', rate: '5 an hour' }, 'is not a rate'],
    [{ name: 'a', rate: '0/hour' }, 'a rate of 0'],
    [{ name: 'a', rate: '5/calendar-day', algorithm: 'sliding-window' as const }, 'calendar rates with fixed-window'],
    [{ name: 'a', rate: '5/hour', burst: 5 }, 'has no burst'],
    [{ name: 'a', rate: '5/hour', algorithm: 'token-bucket' as const }, 'a burst of undefined'],
    [{ name: 'a', rate: '101/hour', algorithm: 'sliding-window-log' as const }, 'at most 100'],
  ])('%j is refused', (options, message) => {
    expect(() => rateLimit(options)).toThrow(RateLimitOptionsError);
    expect(() => rateLimit(options)).toThrow(message);
  });

  test('countOnly with a bucket is refused at once', () => {
    const options = { name: 'a', rate: '5/hour', algorithm: 'token-bucket' as const, burst: 5, countOnly: () => true };
    expect(() => rateLimit(options)).toThrow(RefundError);
  });

  test('without a table the first request says so', async () => {
    const call = middy<Anything, Anything>(ok as never).use(rateLimit({ name: 'a', rate: '5/hour' }));
    await expect(call(rest('198.51.100.7'), {} as Context)).rejects.toThrow('HG330');
  });

  test.each([
    ['sliding window counter', { algorithm: 'sliding-window-counter' as const }],
    ['token bucket', { algorithm: 'token-bucket' as const, burst: 2 }],
    ['calendar', { rate: '2/calendar-day' }],
  ])('%s counts too', async (_, more) => {
    const call = behind({ name: 'a', rate: '2/hour', ...more }, ok);
    const codes = [];
    for (let i = 0; i < 3; i++) codes.push((await call(rest('198.51.100.7'))).statusCode);
    expect(codes).toEqual([200, 200, 429]);
  });

  test('a queue really waits', async () => {
    const policy = policyFromYaml(
      'limits:\n  q: { per: address, rate: 1/second, algorithm: leaky-bucket, queue: 2 }\n',
    );
    const slept: number[] = [];
    const call = behind({ policy, sleep: async (ms) => void slept.push(ms) }, ok);
    for (let i = 0; i < 2; i++) await call(rest('198.51.100.7'));
    expect(slept).toEqual([1000]);
  });
});
