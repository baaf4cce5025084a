import fc from 'fast-check';
import { MAX_OVERRIDES, Overrides } from '../../lambda/identity/overrides.ts';
import { readOverride } from '../../lambda/identity/read-override.ts';
import type { Order } from '../../lambda/identity/registry-reader.ts';
import { cellOf } from '../../lambda/limiter/cells/cell-of.ts';
import { compilePolicy } from '../../lambda/policy/parse.ts';
import type { Budget } from '../../lambda/policy/policy.ts';

const LIMITS = {
  window: 'rate: 60/minute',
  fine: 'rate: 60/minute, resolution: 20',
  counter: 'rate: 60/minute, algorithm: sliding-window-counter',
  log: 'rate: 60/minute, algorithm: sliding-window-log',
  fixed: 'rate: 60/minute, algorithm: fixed-window',
  quota: 'rate: 60/calendar-month',
  bucket: 'rate: 60/minute, algorithm: token-bucket, burst: 20',
  queue: 'rate: 60/minute, algorithm: leaky-bucket, queue: 2',
};
const policy = compilePolicy(
  `limits: {${Object.entries(LIMITS).map(([name, text]) => `${name}: { per: client, ${text} }`)}}`,
  'test.yaml',
);
const budgetOf = (name: string): Budget => policy.limits.find((limit) => limit.name === name)!.budgets.default!;
const NOW = 1_800_000_000_000;
const order = (name: string, budgets: unknown, more: Order['fields'] = {}): Order => ({
  key: `#override#${name}`,
  fields: { budgets: JSON.stringify(budgets), rate: '1/minute', until: String(NOW / 1000 + 60), at: 'a', ...more },
});
const read = (name: string, budget: unknown) => readOverride(order(name, { default: budget }), policy);

test.each(Object.keys(LIMITS))('what the policy compiles to is read as it was written: %s', (name) => {
  const override = read(name, budgetOf(name));
  if (typeof override === 'string') throw new Error(override);
  expect(override.budgets.get('default')).toEqual(budgetOf(name));
});

test('no item makes a limit count by an id or an epoch that its rate does not give', () => {
  const { cellId, ...rest } = budgetOf('window');
  // The id is made anew; what was written of it does not count.
  for (const written of [{ ...rest, cellId: budgetOf('fixed').cellId }, { ...rest, cellId: 'exp' }, rest]) {
    const override = read('window', written);
    expect(typeof override === 'string' ? override : override.budgets.get('default')?.cellId).toBe(cellId);
  }
  for (const epochMs of [1, 5999, 60_000, 3000.5]) {
    expect(read('window', { ...rest, epochMs })).toMatch(/cannot be counted/);
  }
});

test('a time that no date can be says so, and stops nothing', () => {
  const written = { default: budgetOf('window') };
  for (const until of ['-9007199254740991', '-1', '1.5', 'x', '']) {
    const garbled = order('window', written, { until });
    expect(readOverride(garbled, policy)).toBe('it does not say until when');
    const ignored: string[] = [];
    const overrides = new Overrides({ policy, clock: () => NOW, onIgnored: (what) => ignored.push(what) });
    overrides.take([garbled, order('fixed', { default: budgetOf('fixed') })]);
    expect(ignored).toHaveLength(1);
    expect(overrides.budgetNow('fixed', 'default')).toBeDefined();
  }
});

test('what cannot be counted is refused with a reason', () => {
  const window = budgetOf('window');
  const bucket = budgetOf('bucket');
  const wrong: unknown[] = [
    null,
    [],
    'x',
    7,
    {},
    { ...window, limit: 0 },
    { ...window, limit: -1 },
    { ...window, limit: '60' },
    { ...window, limit: 1e12 },
    { ...window, limit: 1e300 },
    { ...window, windowMs: 500, epochMs: 50 },
    { ...window, windowMs: 1e15, epochMs: 1e14 },
    { ...window, algorithm: 'constructor' },
    { ...window, algorithm: undefined },
    { ...window, calendar: 'year' },
    { ...budgetOf('log'), limit: 101 },
    { ...bucket, burst: undefined },
    { ...bucket, burst: 2 ** 53 },
    { ...budgetOf('queue'), queue: 1.5 },
  ];
  for (const [i, written] of wrong.entries()) {
    for (const name of ['window', 'bucket']) expect([i, read(name, written)]).toEqual([i, expect.stringMatching(/\w/)]);
  }
  expect(readOverride({ key: '#override#window', fields: {} }, policy)).toMatch(/until when/);
  expect(readOverride(order('window', { gold: window }), policy)).toMatch(/no budget of a tier/);
  expect(readOverride(order('window', { default: window }, { budgets: 'x'.repeat(40_000) }), policy)).toMatch(
    /no budget/,
  );
});

test('whatever stands in an item: a reason, or budgets that can be counted; never an exception', () => {
  const value = fc.oneof(
    fc.jsonValue(),
    fc.record(
      {
        algorithm: fc.constantFrom(
          'sliding-window',
          'token-bucket',
          'leaky-bucket',
          'fixed-window',
          'sliding-window-log',
        ),
        limit: fc.oneof(fc.integer(), fc.double()),
        windowMs: fc.oneof(fc.integer(), fc.constantFrom(1000, 60_000, 86_400_000)),
        epochMs: fc.oneof(fc.integer(), fc.constantFrom(100, 6000, 60_000)),
        burst: fc.oneof(fc.integer(), fc.constant(20)),
        queue: fc.integer(),
        maxDelayMs: fc.integer(),
        calendar: fc.constantFrom('day', 'month', 'x'),
        cellId: fc.string(),
      },
      { requiredKeys: [] },
    ),
  );
  fc.assert(
    fc.property(fc.oneof(value, fc.record({ default: value })), fc.string(), fc.string(), (budgets, until, why) => {
      const override = readOverride(order('bucket', budgets, { until, why }), policy);
      if (typeof override === 'string') return;
      for (const budget of override.budgets.values()) expect(() => cellOf(budget)).not.toThrow();
    }),
    { numRuns: 300 },
  );
});

test('counters of another limit are not touched', () => {
  const other = policy.limits.find(({ name }) => name === 'fine')!;
  const twin = {
    ...policy,
    limits: [...policy.limits, { ...other, name: 'twin', budgets: { default: budgetOf('window') } }],
  };
  expect(readOverride(order('window', { default: budgetOf('window') }), twin)).toMatch(/another limit/);
});

describe('Overrides', () => {
  const world = () => {
    const said: unknown[] = [];
    const state = { now: NOW, said };
    const overrides = new Overrides({
      policy,
      clock: () => state.now,
      onChange: (event, { rate }) => said.push([event, rate]),
      onIgnored: (what) => said.push(what),
    });
    return { state, overrides };
  };
  const slow = { ...budgetOf('window'), limit: 5 };

  test('keeps one object for as long as the override is the same, and takes a later one in its place', () => {
    const { state, overrides } = world();
    overrides.take([order('window', { default: slow })]);
    const budget = overrides.budgetNow('window', 'default');
    expect(budget).toEqual(slow);
    overrides.take([order('window', { default: slow })]);
    expect(overrides.budgetNow('window', 'default')).toBe(budget);
    overrides.take([order('window', { default: { ...slow, limit: 6 } }, { at: 'b', rate: '6/minute' })]);
    expect(overrides.budgetNow('window', 'default')?.limit).toBe(6);
    expect(state.said).toEqual([
      ['override-applies', '1/minute'],
      ['override-removed', '1/minute'],
      ['override-applies', '6/minute'],
    ]);
    expect(overrides.budgetNow('fine', 'default')).toBeUndefined();
    expect(overrides.budgetNow('window', 'gold')).toBeUndefined();
    expect(overrides.budgetNow('constructor', '__proto__')).toBeUndefined();
  });

  test('one that has lapsed before it was ever read is not said', () => {
    const { state, overrides } = world();
    overrides.take([order('window', { default: slow }, { until: String(NOW / 1000) })]);
    expect(overrides.budgetNow('window', 'default')).toBeUndefined();
    expect(state.said).toEqual([]);
  });

  test(`no more than ${MAX_OVERRIDES} are heeded`, () => {
    const { state, overrides } = world();
    const many = Array.from({ length: 30 }, (_, i) => order(`nobody-${i}`, {}));
    // Every reading brings them again: they are said once.
    for (let reading = 0; reading < 3; reading++) overrides.take(many);
    expect(state.said).toHaveLength(MAX_OVERRIDES);
  });
});
