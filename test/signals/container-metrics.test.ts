import fc from 'fast-check';
import { ContainerMetrics, type DecisionDetails } from '../../lambda/signals/container-metrics.ts';
import type { MetricName } from '../../lambda/signals/metric-names.ts';
import { ReadMetrics } from './read-metrics.ts';

const START = 1_800_000_000_000;

function container(everyMs?: number) {
  const read = new ReadMetrics();
  const state = { now: START, lines: [] as string[], read };
  const metrics = new ContainerMetrics({
    gate: 'shop',
    now: () => state.now,
    everyMs,
    random: () => 0.5,
    write: (line) => {
      state.lines.push(line);
      read.read(line);
    },
  });
  return { state, metrics };
}

const details = (more: Partial<DecisionDetails> = {}): DecisionDetails => ({
  api: 'abc123',
  stage: 'prod',
  shadowLimited: [],
  limits: [],
  writes: 1,
  tookMs: 4,
  ...more,
});

test('the first request is written at once, the next ones together ten seconds later', () => {
  const { state, metrics } = container();
  metrics.time('StoreLatency', 3.05);
  metrics.record(['Allowed'], 0, details());
  expect(state.lines.map((line) => JSON.parse(line))).toEqual([
    {
      _aws: expect.objectContaining({ Timestamp: START }),
      ...{ Gate: 'shop', Api: 'abc123', Stage: 'prod' },
      ...{ Allowed: 1, ColdStart: 1, WriteUnits: 1, StoreLatency: [3.1], DecisionTime: [4] },
    },
  ]);
  for (let i = 1; i < 1000; i++) {
    state.now = START + i * 9.9;
    metrics.record(['Allowed'], 0, details());
  }
  expect(state.lines).toHaveLength(1);
  state.now = START + 10_000;
  metrics.record(['Limited'], 0, details({ limited: 'client', writes: 0 }));
  expect(state.lines).toHaveLength(3);
  expect(state.read.sum('Allowed Gate=shop')).toBe(1000);
  expect(state.read.sum('Allowed Gate=shop Api=abc123 Stage=prod')).toBe(1000);
  expect(state.read.sum('Limited Gate=shop')).toBe(1);
  expect(state.read.sum('Limited Gate=shop Limit=client')).toBe(1);
  expect(state.read.sum('WriteUnits Gate=shop')).toBe(1000);
  expect(state.read.sum('ColdStart Gate=shop')).toBe(1);
  expect(state.read.values.get('DecisionTime Gate=shop')).toHaveLength(101);
});

test('a request now and then is written at once', () => {
  const { state, metrics } = container();
  for (let i = 0; i < 5; i++) {
    metrics.record(['Allowed'], 0, details());
    expect(state.read.sum('Allowed Gate=shop')).toBe(i + 1);
    state.now += 15_000;
  }
});

test('what was counted in a minute stands under this minute, however late it is written', () => {
  const { state, metrics } = container();
  metrics.record(['Allowed'], 0, details());
  state.now = START + 5000;
  metrics.record(['Limited'], 0, details());
  state.now = START + 7 * 60_000;
  metrics.record(['Allowed'], 0, details());
  const minute = START / 60_000;
  expect(state.read.minutes.get(`Limited Gate=shop @${minute}`)).toBe(1);
  expect(state.read.minutes.get(`Allowed Gate=shop @${minute}`)).toBe(1);
  expect(state.read.minutes.get(`Allowed Gate=shop @${minute + 7}`)).toBe(1);
});

test('a fault without an answer is written like a request', () => {
  const { state, metrics } = container();
  metrics.failed();
  expect(state.read.sum('AuthorizerErrors Gate=shop')).toBe(1);
  metrics.failed();
  expect(state.read.sum('AuthorizerErrors Gate=shop')).toBe(1);
  state.now += 10_000;
  metrics.failed();
  expect(state.read.sum('AuthorizerErrors Gate=shop')).toBe(3);
});

test('a clock that is set back keeps nothing for long', () => {
  const { state, metrics } = container();
  metrics.record(['Allowed'], 0, details());
  state.now -= 3_600_000;
  metrics.record(['Allowed'], 0, details());
  expect(state.read.sum('Allowed Gate=shop')).toBe(2);
});

test('stages are told apart and add up; what the caller could choose is bounded', () => {
  const { state, metrics } = container();
  const places = Array.from({ length: 50 }, (_, i) => ({ api: `api${i}`, stage: 'prod' }));
  for (const place of places) metrics.record(['Allowed'], 0, details(place));
  metrics.record(['Allowed'], 0, details({ api: '', stage: '' }));
  metrics.record(['Allowed'], 0, details({ api: 'a"\n', stage: 'é' }));
  for (let i = 0; i < 500; i++) metrics.record(['Limited'], 0, details({ limited: `limit${i}` }));
  const before = state.lines.length;
  state.now += 10_000;
  metrics.record(['Allowed'], 0, details(places[1]));
  // 20 stages, one line for what is not told apart, 100 limits.
  expect(state.lines.length - before).toBe(121);
  expect(state.read.sum('Allowed Gate=shop')).toBe(53);
  expect(state.read.sum('Allowed Gate=shop Api=api1 Stage=prod')).toBe(2);
  expect(state.read.sum('Limited Gate=shop')).toBe(500);
});

/** A request of a container: how long after the one before, and what becomes of it. */
const step = fc.record({
  after: fc.oneof(fc.integer({ min: 0, max: 3000 }), fc.integer({ min: 0, max: 200_000 }), fc.constant(-20_000)),
  names: fc.uniqueArray(fc.constantFrom<MetricName>('Allowed', 'Limited', 'StoreErrors', 'Unauthorized', 'Delayed')),
  api: fc.constantFrom('a', 'b', ''),
  limited: fc.option(fc.constantFrom('x', 'y'), { nil: undefined }),
  writes: fc.integer({ min: 0, max: 3 }),
  leases: fc.integer({ min: 0, max: 2 }),
  fails: fc.boolean(),
});

test('whatever comes: what is written and what is still held is what came, in each minute', () => {
  fc.assert(
    fc.property(fc.array(step, { maxLength: 60 }), (steps) => {
      const { state, metrics } = container();
      const came = new Map<string, number>();
      const add = (key: string, by = 1) => {
        if (by > 0) came.set(key, (came.get(key) ?? 0) + by);
      };
      for (const { after, names, api, limited, writes, leases, fails } of steps) {
        state.now += after;
        const minute = `@${Math.floor(state.now / 60_000)}`;
        for (let i = 0; i < leases; i++) metrics.count('LeaseGrants');
        add(`LeaseGrants Gate=shop ${minute}`, leases);
        metrics.record(names, 0, details({ api, limited, writes }));
        for (const name of names) {
          add(`${name} Gate=shop ${minute}`);
          if (api && name !== 'StoreErrors' && name !== 'Delayed')
            add(`${name} Gate=shop Api=${api} Stage=prod ${minute}`);
        }
        if (limited) add(`Limited Gate=shop Limit=${limited} ${minute}`);
        add(`WriteUnits Gate=shop ${minute}`, writes);
        if (fails) metrics.failed();
        add(`AuthorizerErrors Gate=shop ${minute}`, fails ? 1 : 0);
      }
      // What is still held is what one later request brings out, and that one adds an error only.
      state.now += 10_000;
      metrics.failed();
      add(`AuthorizerErrors Gate=shop @${Math.floor(state.now / 60_000)}`);
      const written = [...state.read.minutes].filter(([key]) => !/^(DecisionTime|ColdStart) /.test(key));
      expect(new Map(written.sort())).toEqual(new Map([...came].sort()));
    }),
    { numRuns: 200 },
  );
});

test('at most what came within the time between two writes is held', () => {
  fc.assert(
    fc.property(fc.array(fc.integer({ min: 0, max: 30_000 }), { minLength: 1, maxLength: 100 }), (gaps) => {
      const { state, metrics } = container();
      const times: number[] = [];
      for (const gap of gaps) {
        state.now += gap;
        times.push(state.now);
        metrics.record(['Allowed']);
        const held = times.length - state.read.sum('Allowed Gate=shop');
        expect(held).toBeLessThanOrEqual(times.filter((at) => at > state.now - 10_000).length);
      }
      expect(state.read.lines).toBeLessThanOrEqual((state.now - START) / 10_000 + (state.now - START) / 60_000 + 2);
    }),
    { numRuns: 200 },
  );
});
