import type { DynamoDBClient } from '@aws-sdk/client-dynamodb';
import middy from '@middy/core';
import type { Context } from 'aws-lambda';
import { type RateLimitOptions, rateLimit } from '../../lambda/middleware/rate-limit.ts';
import { policyFromYaml } from '../../lambda/policy/index.ts';
import { memoryStore } from '../../lambda/store/memory.ts';

// biome-ignore lint/suspicious/noExplicitAny: events, responses and items of several services.
type Anything = any;

const NOW = Date.UTC(2026, 10, 24, 12);
const IN_AN_HOUR = NOW / 1000 + 3600;
const rest = (account: string, address = '198.51.100.7'): Anything => ({
  ...{ httpMethod: 'POST', resource: '/login', path: '/login', body: JSON.stringify({ account }) },
  requestContext: { identity: { sourceIp: address }, apiId: 'abc', stage: 'prod', requestId: 'r-1' },
});
const override = (limit: string, rate: string, more: object = {}) => ({
  pk: { S: 'blocks' },
  sk: { S: `#override#${limit}` },
  until: { N: String(IN_AN_HOUR) },
  at: { S: '2026-11-24T11:59:00Z' },
  ...{ rate: { S: rate }, own: { S: 'true' }, by: { S: 'ann' }, why: { S: 'stuffing' } },
  ...more,
});
let tables = 0;

/** A container whose registry holds `items`; what is put into them is seen with the next reading. */
function container(
  items: Anything[],
  options: Partial<RateLimitOptions<Anything, Anything>> & object = {},
  meanwhile: (state: { now: number; reads: number }) => void = () => {},
) {
  const store = memoryStore();
  const state = { now: NOW, lines: [] as Anything[], reads: 0, store, fails: false };
  const send = async () => {
    state.reads++;
    meanwhile(state);
    if (state.fails) throw new Error('no such table');
    return { Items: items };
  };
  const write = (line: string) => {
    const parsed = JSON.parse(line);
    if (!parsed._aws) state.lines.push(parsed);
  };
  const registry = `registry-${tables++}`;
  const limit = (more: object = {}) =>
    rateLimit({
      ...{ name: 'failed-log-ins', rate: '2/hour', by: (event: Anything) => JSON.parse(event.body).account },
      ...{ store, clock: () => state.now, signals: { gate: 'shop', write }, registry },
      ...{ client: { send } as unknown as DynamoDBClient },
      ...options,
      ...more,
    } as RateLimitOptions<Anything, Anything>);
  const behind = (middleware: Anything) => {
    const handler = () => ({ statusCode: 200, body: '' });
    const wrapped = middy<Anything, Anything>(handler as never).use(middleware);
    return (event: Anything) => wrapped(event, {} as Context) as Promise<Anything>;
  };
  const call = behind(limit());
  const statuses = async (times: number, event: Anything) => {
    const found: number[] = [];
    for (let i = 0; i < times; i++) found.push((await call(event)).statusCode);
    return found;
  };
  /** The list is read in the background of a request: the next one goes by it. */
  const noticed = async () => {
    state.now += 31_000;
    await call(rest('somebody', '203.0.113.254'));
    await new Promise(setImmediate);
  };
  return { state, call, statuses, noticed, limit, behind };
}

test('an override holds from the first request on, says who and why, and lapses by the clock', async () => {
  const { state, statuses } = container([override('failed-log-ins', '4/hour')]);
  expect(await statuses(5, rest('anna'))).toEqual([200, 200, 200, 200, 429]);
  expect(state.lines[0]).toMatchObject({
    ...{ event: 'override-applies', limit: 'failed-log-ins', rate: '4/hour', by: 'ann', why: 'stuffing' },
  });
  state.fails = true;
  state.now = (IN_AN_HOUR + 3600) * 1000;
  expect(await statuses(3, rest('anna'))).toEqual([200, 200, 429]);
});

test('an override is noticed within half a minute in a container that runs, and so is its end', async () => {
  const items: Anything[] = [];
  const { statuses, noticed } = container(items);
  expect(await statuses(3, rest('anna'))).toEqual([200, 200, 429]);
  items.push(override('failed-log-ins', '5/hour'));
  await noticed();
  expect(await statuses(4, rest('anna'))).toEqual([200, 200, 200, 429]);
  items.pop();
  await noticed();
  expect(await statuses(1, rest('anna'))).toEqual([429]);
});

test("what is for the gate or for another function is nobody's error here", async () => {
  const { own: _, ...forGate } = override('client', '1/minute', { budgets: { S: '{}' } });
  const { state, statuses } = container([forGate, override('exports', '1/minute')]);
  expect(await statuses(3, rest('anna'))).toEqual([200, 200, 429]);
  expect(state.lines.map(({ event }) => event)).toEqual(['limited']);
});

test.each([
  ['by no rate', 'often', {}],
  ['by a rate that the algorithm cannot', '100/calendar-month', {}],
  ['by more than a log holds', '101/hour', { algorithm: 'sliding-window-log' }],
])('an override %s is said once, and the limit of the code holds', async (_name, rate, options) => {
  const { state, statuses, noticed } = container([override('failed-log-ins', rate)], options);
  expect(await statuses(3, rest('anna'))).toEqual([200, 200, 429]);
  await noticed();
  const warnings = state.lines.filter(({ level }) => level === 'WARN');
  expect(warnings).toEqual([expect.objectContaining({ message: expect.stringContaining('HG275') })]);
});

test('a bucket keeps the time in which it fills; a dearer request than the rate makes the override void', async () => {
  const bucket = { algorithm: 'token-bucket', rate: '60/minute', burst: 30 };
  const { statuses } = container([override('failed-log-ins', '6/minute')], bucket as Anything);
  expect(await statuses(4, rest('anna'))).toEqual([200, 200, 200, 429]);
  const policy = policyFromYaml('limits: { exports: { per: client, rate: 10/hour, cost: 5 } }');
  const { statuses: dear, state } = container([override('exports', '4/hour')], { policy } as Anything);
  expect(await dear(3, rest('anna'))).toEqual([200, 200, 429]);
  expect(state.lines[0].message).toContain('HG275');
});

test('countOnly goes on under an override', async () => {
  const { statuses } = container([override('failed-log-ins', '1/hour')], { countOnly: () => false } as Anything);
  expect(await statuses(3, rest('anna'))).toEqual([200, 200, 200]);
});

test('a blocked client or address is answered 403, counted and logged; nothing is charged', async () => {
  const blocks = ['client:mallory', 'address:203.0.113.0/24'].map((sk) => ({ pk: { S: 'blocks' }, sk: { S: sk } }));
  const { state, call, statuses } = container(blocks);
  const answer = await call(rest('mallory'));
  expect(answer).toMatchObject({ statusCode: 403, headers: { 'content-type': 'application/problem+json' } });
  expect(JSON.parse(answer.body)).toMatchObject({ status: 403 });
  expect(await statuses(1, rest('anna', '203.0.113.9'))).toEqual([403]);
  expect(await statuses(3, rest('anna'))).toEqual([200, 200, 429]);
  expect(state.lines.slice(0, 2)).toMatchObject([
    { event: 'blocked', subject: 'client:mallory' },
    { event: 'blocked', subject: 'client:anna', address: '203.0.113.9' },
  ]);
});

test('a reset makes the container forget that there was no room', async () => {
  const items: Anything[] = [];
  const { state, statuses, noticed } = container(items);
  expect(await statuses(3, rest('anna'))).toEqual([200, 200, 429]);
  const writes = jest.spyOn(state.store, 'update');
  expect(await statuses(1, rest('anna'))).toEqual([429]);
  expect(writes).not.toHaveBeenCalled();
  items.push({
    pk: { S: 'blocks' },
    sk: { S: '#reset#client:anna' },
    at: { S: 'now' },
    until: { N: String(IN_AN_HOUR) },
  });
  await noticed();
  writes.mockClear();
  await statuses(1, rest('anna'));
  // It asks the table again.
  expect(writes).toHaveBeenCalled();
  expect(state.lines.find(({ event }) => event === 'reset')).toMatchObject({ subject: 'client:anna' });
});

test('a registry that cannot be read: said, and the limits of the code hold', async () => {
  const { state, statuses } = container([override('failed-log-ins', '9/hour')]);
  state.fails = true;
  expect(await statuses(3, rest('anna'))).toEqual([200, 200, 429]);
  expect(state.lines[0]).toMatchObject({ level: 'WARN', message: 'The blocks could not be read' });
});

test('a container that is frozen during its first reading reads once more before its first request', async () => {
  const { state, statuses } = container([{ pk: { S: 'blocks' }, sk: { S: 'client:mallory' } }], {}, (state) => {
    if (state.reads > 1) return;
    state.now += 60_000;
    throw new Error('its deadline passed meanwhile');
  });
  expect(await statuses(2, rest('mallory'))).toEqual([403, 403]);
  expect(state.reads).toBe(2);
});

test('each override that cannot be counted by is named, however many come at once', async () => {
  const policy = policyFromYaml('limits: { a: { per: client, rate: 10/hour }, b: { per: client, rate: 10/hour } }');
  const { state, statuses } = container([override('a', 'often'), override('b', 'seldom')], { policy } as Anything);
  await statuses(1, rest('anna'));
  const warnings = state.lines.filter(({ level }) => level === 'WARN').map(({ message }) => message);
  expect(warnings).toEqual([expect.stringContaining('#override#a'), expect.stringContaining('#override#b')]);
});

test('an override whose counters would be those of another limit is refused', async () => {
  const policy = policyFromYaml(
    'limits: { exports: { per: client, rate: 9/hour }, other: { per: client, rate: 3/hour } }',
  );
  // The shortened hash of this rate and name is the one of `other` at its own.
  const { state, statuses } = container([override('exports', '5/193718 seconds')], { policy } as Anything);
  expect(await statuses(4, rest('anna'))).toEqual([200, 200, 200, 429]);
  expect(state.lines[0].message).toMatch(/HG275 .*another limit/);
});

test('`signals: false` writes nothing of orders either', async () => {
  const spy = jest.spyOn(process.stdout, 'write').mockReturnValue(true);
  const { statuses } = container([override('failed-log-ins', '1/hour')], { signals: false } as Anything);
  expect(await statuses(2, rest('anna'))).toEqual([200, 429]);
  const written = spy.mock.calls.length;
  spy.mockRestore();
  expect(written).toBe(0);
});

test('a limit that is to be silent does not silence the others', async () => {
  process.env.HEADGATE_REGISTRY_TABLE = 'read when the container starts';
  const lines: string[] = [];
  const { limit, behind } = container([], { signals: false } as Anything, () => {
    throw new Error('no such table');
  });
  const other = limit({ name: 'other', signals: { gate: 'shop', write: (line: string) => lines.push(line) } });
  delete process.env.HEADGATE_REGISTRY_TABLE;
  await behind(other)(rest('anna'));
  expect(lines.filter((line) => line.includes('The blocks could not be read'))).toHaveLength(1);
});

test('all limits of a container share one reading; a later one gets the last', async () => {
  const items = [override('failed-log-ins', '3/hour'), override('other', '1/hour')];
  const { state, call, limit, behind } = container(items);
  await call(rest('anna'));
  const other = behind(limit({ name: 'other' }));
  expect([(await other(rest('anna'))).statusCode, (await other(rest('anna'))).statusCode]).toEqual([200, 429]);
  expect(state.reads).toBe(1);
});

test('without a registry, or told not to, nothing is read', async () => {
  const { state, statuses } = container([override('failed-log-ins', '9/hour')], { registry: false } as Anything);
  expect(await statuses(3, rest('anna'))).toEqual([200, 200, 429]);
  expect(state.reads).toBe(0);
});
