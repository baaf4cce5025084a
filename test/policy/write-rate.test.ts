import { simulateCeiling } from '../../bench/ceiling.ts';
import { bucketBudget, queueBudget, windowBudget } from '../../lambda/policy/budget.ts';
import { itemWrites } from '../../lambda/policy/item-writes.ts';
import { parsePolicy } from '../../lambda/policy/parse.ts';
import type { Budget, Limit } from '../../lambda/policy/policy.ts';
import { containersFor, NEARLY_TOO_MANY, writeRate } from '../../lambda/policy/write-rate.ts';

jest.setTimeout(60_000);

const second = (limit: number) => ({ limit, windowMs: 1000 });
const limitsOf = (text: string): readonly Limit[] => parsePolicy(`limits:\n${text}`).policy!.limits;
const busy = (perSecond: number, more = '') => `  a: { per: all, rate: ${perSecond}/second${more} }\n`;
const warnings = (text: string, containers?: number) =>
  parsePolicy(`limits:\n${text}`, containers === undefined ? {} : { containers }).problems.map(
    ({ code, severity, path, message, mend }) => ({ what: `${severity} ${code} ${path}`, message, mend }),
  );

describe('the estimate against the real limiter', () => {
  test.each<[string, Budget, number]>([
    ['a sliding window of a second', windowBudget('a', 'sliding-window', second(2000)), 32],
    ['the same over many containers', windowBudget('a', 'sliding-window', second(2000)), 128],
    ['the same, resolution 20', windowBudget('a', 'sliding-window', second(2000), 20), 32],
    ['a sliding window of a minute', windowBudget('a', 'sliding-window', { limit: 120_000, windowMs: 60_000 }), 32],
    ['a fixed window', windowBudget('a', 'fixed-window', second(5000)), 64],
    ['a bucket', bucketBudget('a', second(2000), 2000), 64],
    ['a queue', queueBudget('a', second(100), 100, 2000), 32],
    ['a counter of 10 s', windowBudget('a', 'sliding-window-counter', { limit: 5000, windowMs: 10_000 }), 32],
  ])('%s never writes much more than estimated', async (_, budget, containers) => {
    const requestsPerSecond = (budget.limit * 1000) / budget.windowMs;
    const { writesPerSecond, overloadedWritesPerSecond } = writeRate(
      { budgets: [budget], requestsPerSecond },
      true,
      containers,
    );
    for (const [load, estimate] of [
      [0.95, writesPerSecond],
      [2, overloadedWritesPerSecond],
    ] as const) {
      const measured = await simulateCeiling({ budget, containers, load, seconds: 1 });
      expect(measured.writesPerSecond).toBeLessThanOrEqual(1.25 * estimate);
      // An estimate that says nothing is no use either: as many writes as requests would always be safe.
      if (load < 1 && estimate > 200 && budget.epochMs < 500) {
        expect(measured.writesPerSecond).toBeGreaterThan(estimate / 4);
      }
    }
  });
});

describe('what is written together', () => {
  const rows = (text: string) =>
    itemWrites(limitsOf(text)).map(({ item, limits, requestsPerSecond }) => [item, limits.join(), requestsPerSecond]);

  test('limits of everything together are one item, whose rate is that of the tightest', () => {
    const text = '  a: { per: all, rate: 600/minute }\n  b: { per: all, rate: 5/second }\n';
    expect(rows(text)).toEqual([['everything together', 'a,b', 5]]);
  });

  test('each route of a limit per route is an item, shared by all limits that name it', () => {
    const text =
      '  a: { per: route, rate: 60/minute, routes: [GET /x, GET /y] }\n  b: { per: route, rate: 9/second, routes: [GET /y] }\n';
    expect(rows(text)).toEqual([
      ['GET /x', 'a', 1],
      ['GET /y', 'a,b', 1],
    ]);
  });

  test('a limit of some routes adds the writes of their requests to those of the others', () => {
    const [both] = itemWrites(limitsOf(`${busy(500)}  b: { per: all, rate: 400/second, routes: [GET /x] }\n`));
    const [one] = itemWrites(limitsOf(busy(500)));
    expect(both!.writesPerSecond).toBeGreaterThan(one!.writesPerSecond);
    expect(both!.limits).toEqual(['a', 'b']);
  });

  test('a cost divides the requests, a caller of its own is written once for each', () => {
    const [all, client] = itemWrites(
      limitsOf('  a: { per: all, rate: 50/second, cost: 5 }\n  b: { per: client, rate: 60/second }\n'),
    );
    expect(all).toMatchObject({ requestsPerSecond: 10, containers: 8, shared: true, leased: true });
    expect(client).toMatchObject({ requestsPerSecond: 60, writesPerSecond: 60, shared: false, leased: false });
  });
});

describe('HG119', () => {
  test.each(['fixed-window', 'sliding-window'])('a shared %s of 1,000 a second is fine', (algorithm) => {
    expect(warnings(busy(1000, `, algorithm: ${algorithm}`))).toEqual([]);
  });

  test('a sliding window of a second: by how many containers there are, with figures and two ways out', () => {
    expect(warnings(busy(2000), 16)).toEqual([]);
    const [warning] = warnings(busy(2000), 128);
    expect(warning).toMatchObject({
      what: 'warning HG119 limits.a.rate',
      message: expect.stringMatching(
        /^`2000\/second` is counted on one item \(everything together\): about 1,\d{3} writes a second from 128 containers\. DynamoDB takes about 1,000/,
      ),
      mend: expect.stringContaining('write `algorithm: fixed-window`, or `rate: 120000/minute`'),
    });
    for (const mended of [busy(2000, ', algorithm: fixed-window'), '  a: { per: all, rate: 120000/minute }\n']) {
      expect(warnings(mended, 128)).toEqual([]);
    }
  });

  test.each([
    ['leaky-bucket', ', queue: 20'],
    ['sliding-window-counter', ''],
  ])('a shared %s: what it takes below its rate and above', (algorithm, more) => {
    const [warning] = warnings(busy(500, `, algorithm: ${algorithm}${more}`));
    expect(warning!.message).toMatch(/about 6\d\d writes a second from 8 containers, [\d,]{5} while twice as many/);
  });

  test('nothing helps: says so', () => {
    const [warning] = warnings('  a: { per: all, rate: 60000000/minute, algorithm: fixed-window }\n');
    expect(warning!.mend).toMatch(/^lower the rate/);
  });

  test('a client or an address is written once for each request, whatever the algorithm; a tier is named', () => {
    expect(warnings('  a: { per: address, rate: 799/second, algorithm: fixed-window }\n')).toEqual([]);
    const tiers = parsePolicy(
      'tiers: [free, gold]\nlimits:\n  a: { per: client, rate: { free: 1/second, gold: 900/second } }\n',
    );
    expect(tiers.problems).toMatchObject([
      { code: 'HG119', severity: 'warning', path: 'limits.a.rate.gold', value: '900/second' },
    ]);
  });

  test('several routes of one limit are one warning', () => {
    expect(warnings('  a: { per: route, rate: 6000/second, routes: [GET /x, GET /y] }\n')).toHaveLength(1);
  });
});

test('containers: one for each 80 requests a second, at least 8', () => {
  expect([1, 640, 641, 10_000].map(containersFor)).toEqual([8, 8, 9, 125]);
  expect(NEARLY_TOO_MANY).toBeLessThan(1000);
});
