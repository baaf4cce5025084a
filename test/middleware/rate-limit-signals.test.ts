import middy from '@middy/core';
import type { Context } from 'aws-lambda';
import { StoreError } from '../../lambda/limiter/index.ts';
import { type RateLimitOptions, rateLimit } from '../../lambda/middleware/rate-limit.ts';
import { policyFromYaml } from '../../lambda/policy/index.ts';
import { memoryStore } from '../../lambda/store/memory.ts';
import { ReadMetrics } from '../signals/read-metrics.ts';

// biome-ignore lint/suspicious/noExplicitAny: events and responses of several services.
type Anything = any;

const NOW = Date.UTC(2026, 10, 24, 12);
const rest = (account: string, address = '198.51.100.7'): Anything => ({
  httpMethod: 'POST',
  resource: '/login',
  path: '/login',
  body: JSON.stringify({ account }),
  requestContext: { identity: { sourceIp: address }, apiId: 'abc', stage: 'prod', requestId: 'r-1' },
});
const byAccount = (event: Anything) => JSON.parse(event.body).account;

/** A container: a handler behind the middleware, its clock, and what it has written. */
function container(options: Partial<RateLimitOptions<Anything, Anything>> & object, signals: Anything = {}) {
  const state = { now: NOW, lines: [] as string[], metrics: new ReadMetrics() };
  const write = (line: string) => {
    if (line.includes('"_aws"')) state.metrics.read(line);
    else state.lines.push(line);
  };
  const own = {
    ...{ name: 'failed-log-ins', rate: '2/hour', store: memoryStore(), clock: () => state.now },
    ...(signals !== false && { signals: { gate: 'shop', write, ...signals } }),
    ...options,
  } as RateLimitOptions<Anything, Anything>;
  const handler = (event: Anything) => ({ statusCode: event.fails ? 401 : 200, body: '' });
  const wrapped = middy<Anything, Anything>(handler as never).use(rateLimit(own));
  const call = (event: Anything) => wrapped(event, {} as Context) as Promise<Anything>;
  const flush = async () => {
    state.now += 11_000;
    await call(rest('nobody-else', '203.0.113.254'));
  };
  return { state, call, flush };
}

const stdout = () => jest.spyOn(process.stdout, 'write').mockReturnValue(true);
const written = (spy: jest.SpyInstance) => spy.mock.calls.map(([text]) => String(text)).join('');
const variables = { ...process.env };
afterEach(() => {
  process.env = { ...variables };
  jest.restoreAllMocks();
});

test('without the name of a gate nothing is written', async () => {
  const spy = stdout();
  const { call } = container({}, false);
  for (let i = 0; i < 4; i++) await call(rest('anna'));
  expect(written(spy)).toBe('');
});

test("a function that the gate has named writes to its log; `signals: false` doesn't", async () => {
  process.env.HEADGATE_GATE = 'shop';
  const spy = stdout();
  const silent = container({ signals: false } as Anything, false);
  for (let i = 0; i < 3; i++) await silent.call(rest('anna'));
  expect(written(spy)).toBe('');
  const { call } = container({ by: byAccount } as Anything, false);
  for (let i = 0; i < 3; i++) await call(rest('anna'));
  const lines = written(spy)
    .split('\n')
    .filter(Boolean)
    .map((line) => JSON.parse(line));
  expect(lines.filter(({ event }) => event === 'limited')).toHaveLength(1);
  expect(lines.some(({ _aws }) => _aws !== undefined)).toBe(true);
});

test('a rejection is the line that the authorizer writes, on every kind of event', async () => {
  const { state, call } = container({ by: byAccount } as Anything);
  for (let i = 0; i < 2; i++) await call(rest('anna'));
  const retryAfter = Number((await call(rest('anna'))).headers['Retry-After']);
  expect(state.lines.map((line) => JSON.parse(line))).toEqual([
    {
      ...{ level: 'INFO', service: 'headgate', message: 'Request turned away', event: 'limited' },
      ...{ limit: 'failed-log-ins', subject: 'client:anna', subjectKind: 'client', clientId: 'anna' },
      ...{ address: '198.51.100.7', tier: 'any', used: 2, allowed: 2, retryAfter },
      ...{ requestId: 'r-1', api: 'abc', stage: 'prod', route: 'POST /login', represents: 1 },
    },
  ]);
  const balancer = {
    ...{ httpMethod: 'POST', path: '/login', body: '{}' },
    ...{ headers: { 'x-forwarded-for': '192.0.2.1' }, requestContext: { elb: { targetGroupArn: 'arn' } } },
  };
  for (let i = 0; i < 3; i++) await call(balancer);
  expect(JSON.parse(state.lines[1]!)).toMatchObject({ event: 'limited', subject: 'address:192.0.2.1', api: '' });
});

test('a shadow limit is told and marked', async () => {
  const { state, call, flush } = container({ mode: 'shadow' } as Anything);
  for (let i = 0; i < 3; i++) expect((await call(rest('anna'))).statusCode).toBe(200);
  expect(state.lines.map((line) => JSON.parse(line).event)).toEqual(['shadow-limited']);
  await flush();
  const { metrics } = state;
  expect(metrics.sum('ShadowLimited Gate=shop Limit=failed-log-ins')).toBe(1);
  expect([...metrics.values.keys()].filter((key) => key.startsWith('Limited'))).toEqual([]);
  expect(metrics.sum('OwnAllowed Gate=shop')).toBe(4);
});

test("the gate's requests stay what they are: of the gate's own metrics nothing is counted that alarms go by", async () => {
  const { state, call, flush } = container({
    by: byAccount,
    countOnly: ({ statusCode }: Anything) => statusCode !== 200,
  });
  for (let i = 0; i < 5; i++) await call({ ...rest('anna'), fails: true });
  await call(rest('ben'));
  await flush();
  const { metrics } = state;
  // Two failures were charged, three refused without a write, two successes charged and given back.
  const sums = Object.fromEntries([...metrics.values.keys()].map((key) => [key, metrics.sum(key)]));
  expect(sums).toEqual({
    'OwnAllowed Gate=shop': 4,
    'OwnLimited Gate=shop': 3,
    'Limited Gate=shop Limit=failed-log-ins': 3,
    'WriteUnits Gate=shop': 5,
  });
});

test('a table that cannot be asked is seen: open, closed, and why', async () => {
  const store = {
    update: () => Promise.reject(new StoreError('HG302', 'throttled', 'throttled')),
  } as Anything;
  for (const [onStoreFailure, status, metric] of [
    ['allow', 200, 'OwnFailedOpen'],
    ['deny', 429, 'OwnFailedClosed'],
  ] as const) {
    const { state, call } = container({ store, onStoreFailure } as Anything);
    expect((await call(rest('anna'))).statusCode).toBe(status);
    expect(state.metrics.sum(`${metric} Gate=shop`)).toBe(1);
    const lines = state.lines.map((line) => JSON.parse(line));
    expect(lines[0]).toMatchObject({ level: 'WARN', message: 'The counters could not be asked', code: 'HG302' });
    expect(lines.slice(1).map(({ event }) => event)).toEqual(status === 429 ? ['failed-closed'] : []);
  }
});

test('who crosses 80 % of a calendar limit is counted', async () => {
  const { state, call, flush } = container({ rate: '10/calendar-month', by: byAccount } as Anything);
  for (let i = 0; i < 9; i++) await call(rest('anna'));
  await flush();
  expect(state.metrics.sum('QuotaNear Gate=shop')).toBe(1);
});

test('a container that only turns somebody away has not seen a quota come near', async () => {
  const policy = policyFromYaml(
    'limits: { monthly: { per: address, rate: 10/calendar-month }, burst: { per: address, rate: 8/hour } }',
  );
  const store = memoryStore();
  const [one, other] = [container({ policy, store } as Anything), container({ policy, store } as Anything)];
  for (let i = 0; i < 8; i++) await one.call(rest('anna'));
  expect((await other.call(rest('anna'))).statusCode).toBe(429);
  for (const { flush } of [one, other]) await flush();
  expect(one.state.metrics.sum('QuotaNear Gate=shop')).toBe(1);
  expect(other.state.metrics.sum('QuotaNear Gate=shop')).toBe(0);
});

test('a policy of several limits: each rejection under its limit', async () => {
  const policy = policyFromYaml(
    'limits: { per-hour: { per: address, rate: 1/hour }, all: { per: all, rate: 3/hour } }',
  );
  const { state, call, flush } = container({ policy } as Anything);
  for (let i = 0; i < 6; i++) await call(rest('anna', `198.51.100.${i % 4}`));
  await flush();
  expect(state.metrics.sum('Limited Gate=shop Limit=all')).toBeGreaterThan(0);
});

test('an attack does not become a bill for logs', async () => {
  const { state, call } = container({}, { random: () => 0.5 });
  for (let i = 0; i < 1000; i++) await call(rest('anna'));
  expect(state.lines.length).toBeLessThan(100);
  const represented = state.lines.reduce((sum, line) => sum + JSON.parse(line).represents, 0);
  expect(Math.abs(represented - 998)).toBeLessThan(60);
});

test('the sample is drawn as told in the log of the function too', async () => {
  const spy = stdout();
  const drawn = jest.fn(() => 0.5);
  const { call } = container({ signals: { gate: `drawn-${NOW}`, random: drawn } } as Anything, false);
  for (let i = 0; i < 100; i++) await call(rest('anna'));
  expect(written(spy)).toContain('Request turned away');
  expect(drawn).toHaveBeenCalled();
});

test('what only takes note changes no answer', async () => {
  const write = () => {
    throw new Error('the log is full');
  };
  const { call } = container({}, { write });
  const statuses = [];
  for (let i = 0; i < 3; i++) statuses.push((await call(rest('anna'))).statusCode);
  expect(statuses).toEqual([200, 200, 429]);
});

test('several limits of one function share its lines of metrics', async () => {
  process.env.HEADGATE_GATE = `shop-${NOW}`;
  const spy = stdout();
  const [a, b] = [container({}, false), container({ name: 'other' } as Anything, false)];
  await a.call(rest('anna'));
  await b.call(rest('anna'));
  // The first line at once; what the other has counted since is written with a later one.
  expect(written(spy).match(/"_aws"/g)).toHaveLength(1);
});
