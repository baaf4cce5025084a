import { createAuthorizer } from '../../lambda/authorizer/authorizer.ts';
import {
  type RejectionRecord,
  sampledRejections,
  type WrittenRejection,
} from '../../lambda/authorizer/rejection-log.ts';
import { ContainerMetrics, type DecisionDetails, type MetricsSink } from '../../lambda/signals/container-metrics.ts';
import { generator } from '../signals/generator.ts';
import { ReadMetrics } from '../signals/read-metrics.ts';
import { createWorld, httpEvent, KEYS, policyOf, restEvent, type World } from './world.ts';

const policy = policyOf(`
identify: [{ apiKey: x-api-key }]
limits:
  client: { per: client, rate: 3/minute }
  strict: { per: client, rate: 1/minute, mode: shadow }
  stricter: { per: address, rate: 1/hour, mode: shadow }
`);

function watched() {
  const read = new ReadMetrics();
  const lines: string[] = [];
  const details: (DecisionDetails | undefined)[] = [];
  const now = () => world.now;
  const write = (line: string) => {
    lines.push(line);
    read.read(line);
  };
  const metrics = new ContainerMetrics({ gate: 'shop', write, now, everyMs: 0 });
  const signals: MetricsSink = {
    record: (names, waited, more) => {
      details.push(more);
      metrics.record(names, waited, more);
    },
  };
  const world: World = createWorld(policy, { signals });
  return { world, read, lines, details };
}

test('what is counted by stage and by limit adds up to what is counted for the gate', async () => {
  const { world, read } = watched();
  for (let i = 0; i < 5; i++) await world.call(restEvent({ key: KEYS.bob }));
  for (let i = 0; i < 2; i++) await world.call(httpEvent({ key: KEYS.acme, ip: '192.0.2.1' }));
  const sums = ['Allowed', 'Limited', 'ShadowLimited'].map((name) => [
    read.sum(`${name} Gate=shop`),
    read.sum(`${name} Gate=shop Api=abc123 Stage=prod`),
    read.sum(`${name} Gate=shop Api=h77p Stage=$default`),
  ]);
  expect(sums).toEqual([
    [5, 3, 2],
    [2, 2, 0],
    [5, 4, 1],
  ]);
  expect(read.sum('Limited Gate=shop Limit=client')).toBe(2);
  // Both limits in the shadow, each by itself.
  expect(read.sum('ShadowLimited Gate=shop Limit=strict')).toBe(5);
  expect(read.sum('ShadowLimited Gate=shop Limit=stricter')).toBe(5);
  expect(read.sum('WriteUnits Gate=shop')).toBe(world.writes.length);
  expect(read.values.get('DecisionTime Gate=shop')).toHaveLength(7);
});

test('a denied request is counted in no limit: it brings no quota near its end', async () => {
  const { world, details } = watched();
  for (let i = 0; i < 4; i++) await world.call(restEvent({ key: KEYS.bob }));
  expect(details.map((one) => one?.limits.length)).toEqual([3, 3, 3, 0]);
});

test('no client, no address and no key is in a metric', async () => {
  const { world, lines } = watched();
  for (const key of Object.values(KEYS)) {
    for (let i = 0; i < 5; i++) await world.call(restEvent({ key, ip: '198.51.100.77' }));
  }
  expect(lines.length).toBeGreaterThan(5);
  expect(lines.join('\n')).not.toMatch(/acme|bob|198\.51/);
});

test('each shadow limit without room has a line, beside that of the rejection', async () => {
  const { world } = watched();
  for (let i = 0; i < 4; i++) await world.call(restEvent({ key: KEYS.bob }));
  const lines = world.rejections.map(({ event, limit, subject, used, allowed }) => [
    event,
    limit,
    subject,
    used,
    allowed,
  ]);
  const shadows = [
    ['shadow-limited', 'strict', 'client:bob', 1, 1],
    ['shadow-limited', 'stricter', 'client:bob', 1, 1],
  ];
  expect(lines).toEqual([...shadows, ...shadows, ['limited', 'client', 'client:bob', 3, 3], ...shadows]);
});

test('a store that fails is no shadow limit, and who cannot be identified fails closed', async () => {
  const closed = policyOf(`
anonymous: reject
identify: [{ apiKey: x-api-key }]
limits: { client: { per: client, rate: 3/minute } }
`);
  const world = createWorld(closed);
  world.registryDown = true;
  await expect(world.call(restEvent({ key: KEYS.bob }))).rejects.toThrow();
  expect(world.rejections).toMatchObject([{ event: 'failed-closed', subject: 'address:203.0.113.7' }]);
  expect(world.rejections[0]).not.toHaveProperty('limit');

  const { world: other, details } = watched();
  other.storeDown = true;
  await other.call(restEvent({ key: KEYS.bob }));
  expect(other.rejections).toEqual([]);
  expect(details[0]).toMatchObject({ limits: [], limited: undefined, shadowLimited: [] });
});

test('an answer that fails for no known reason is counted, an answer that is a thrown error is not', async () => {
  let failed = 0;
  let fault: Error | undefined;
  const authorizer = createAuthorizer({
    gate: async () => {
      if (fault) throw fault;
      return { kind: 'unauthorized', caller: { address: 'unknown', tier: 'free' }, reason: 'blocked' };
    },
    softDenyApis: new Set(),
    metrics: { record: () => {}, failed: () => failed++ },
    log: () => {},
    clock: () => 0,
  });
  await expect(authorizer(restEvent())).rejects.toThrow(/^Unauthorized$/);
  expect(failed).toBe(0);
  fault = new Error('a mistake');
  await expect(authorizer(restEvent())).rejects.toThrow('a mistake');
  expect(failed).toBe(1);
});

test('the time of a decision does not hold its wait in a queue', async () => {
  let now = 1000;
  const details: (DecisionDetails | undefined)[] = [];
  const authorizer = createAuthorizer({
    gate: async () => {
      now += 7;
      const verdict = { allowed: true, limits: [], waitMs: 400, writes: 1 };
      return { kind: 'decided', caller: { address: 'unknown', tier: 'free' }, verdict };
    },
    softDenyApis: new Set(),
    metrics: { record: (_names, _waited, more) => details.push(more) },
    log: () => {},
    clock: () => now,
    monotonic: () => now,
    sleep: async (ms) => {
      now += ms;
    },
  });
  await authorizer(restEvent());
  expect(details).toMatchObject([{ api: 'abc123', stage: 'prod', tookMs: 7, writes: 1 }]);
});

test('a flood leaves a sample that says what it stands for, and shadow limits do not thin out rejections', () => {
  const written: WrittenRejection[] = [];
  let now = 0;
  const log = sampledRejections(
    (rejection) => written.push(rejection),
    () => now,
    generator(3),
  );
  const common = { address: '203.0.113.7', tier: 'free', requestId: '', api: 'a', stage: 's', route: 'GET /' };
  const record = (event: RejectionRecord['event']): RejectionRecord => ({ event, subject: 'client:bob', ...common });
  for (let i = 0; i < 20_000; i++) {
    now = i;
    log(record('shadow-limited'));
    if (i % 100 === 0) log(record('limited'));
  }
  const limited = written.filter(({ event }) => event === 'limited');
  expect(limited).toHaveLength(200);
  expect(limited.every(({ represents }) => represents === 1)).toBe(true);
  const shadow = written.filter(({ event }) => event === 'shadow-limited');
  expect(shadow.length).toBeLessThan(5 * 20 + 60);
  expect(Math.abs(shadow.reduce((sum, { represents }) => sum + represents, 0) - 20_000)).toBeLessThan(250);
});
