import { createWorld, httpEvent, KEYS, policyOf } from './world.ts';

/** Each takes ten at once, whatever it counts them for. */
const ALGORITHMS = {
  'sliding-window': 'rate: 10/minute',
  'sliding-window of twenty steps': 'rate: 10/minute, resolution: 20',
  'sliding-window-counter': 'rate: 10/minute, algorithm: sliding-window-counter',
  'sliding-window-log': 'rate: 10/minute, algorithm: sliding-window-log',
  'fixed-window': 'rate: 10/minute, algorithm: fixed-window',
  'calendar-month': 'rate: 10/calendar-month',
  'token-bucket': 'rate: 10/minute, algorithm: token-bucket, burst: 10',
  // One leaves at once, nine wait.
  'leaky-bucket': 'rate: 10/second, algorithm: leaky-bucket, queue: 9',
} as const;

const SCOPES = ['client', 'address', 'route', 'all'] as const;
const ROUTES = 'routes: [GET /notes, POST /notes]';

/** Two callers on two routes: what tells them apart depends on the scope. */
const CALLERS = [
  httpEvent({ key: KEYS.acme, ip: '203.0.113.1', method: 'GET' }),
  httpEvent({ key: KEYS.bob, ip: '203.0.113.2', method: 'POST' }),
];

describe.each(Object.entries(ALGORITHMS))('%s', (name, budget) => {
  test.each(SCOPES)('per %s: ten pass for each subject, and the first again when it is told to come', async (per) => {
    const world = createWorld(
      policyOf(`identify: [{ apiKey: x-api-key }]
tiers: [free, gold]
limits: { a: { per: ${per}, ${budget}, ${ROUTES} } }`),
    );
    const start = world.now;
    const passed = [0, 0];
    let retryAfter = 0;
    for (let i = 0; i < 30; i++) {
      for (const [caller, event] of CALLERS.entries()) {
        // All at one instant: those who wait do so beside each other.
        world.now = start;
        const { context } = await world.call(event);
        if (context.verdict === 'allowed') passed[caller]!++;
        else if (caller === 0) retryAfter = Number(context.retryAfter);
      }
    }
    expect(passed).toEqual(per === 'all' ? [5, 5] : [10, 10]);
    expect(Math.max(...world.slept, 0)).toBe(name === 'leaky-bucket' ? 900 : 0);

    world.now = start + retryAfter * 1000;
    expect((await world.call(CALLERS[0])).context.verdict).toBe('allowed');
    expect(world.faults).toEqual([]);
  });

  test('a cost from 1 to the limit by route', async () => {
    const world = createWorld(
      policyOf(`limits: { a: { per: address, ${budget}, cost: { POST /notes: 10, PUT /notes: 4 } } }`),
    );
    const start = world.now;
    const verdictOf = async (method: string, ip: string) => {
      world.now = start;
      return (await world.call(httpEvent({ method, ip }))).context.verdict;
    };
    expect(await verdictOf('POST', '203.0.113.1')).toBe('allowed');
    expect(await verdictOf('GET', '203.0.113.1')).toBe('limited');
    const second: (string | undefined)[] = [];
    for (const method of ['PUT', 'PUT', 'PUT', 'GET', 'GET', 'GET'])
      second.push(await verdictOf(method, '203.0.113.2'));
    expect(second).toEqual(['allowed', 'allowed', 'limited', 'allowed', 'allowed', 'limited']);
    expect(await verdictOf('POST', '203.0.113.3')).toBe('allowed');
  });

  test('a tier has its own rate', async () => {
    const rate = /rate: 10\/([a-z-]+)/.exec(budget)![1];
    const tiers = `rate: { free: 10/${rate}, gold: 20/${rate} }`;
    const sizes = budget.includes('burst')
      ? ', burst: { free: 10, gold: 20 }'
      : budget.includes('queue')
        ? ', queue: { free: 9, gold: 19 }'
        : '';
    const rest = budget.replace(/rate: [^,]+/, '').replace(/, (burst|queue): \d+/, '');
    const world = createWorld(
      policyOf(`identify: [{ apiKey: x-api-key }]
tiers: [free, gold]
limits: { a: { per: client, ${tiers}${rest}${sizes} } }`),
    );
    const start = world.now;
    const passed = [0, 0];
    for (let i = 0; i < 25; i++) {
      for (const [caller, event] of CALLERS.entries()) {
        world.now = start;
        if ((await world.call(event)).context.verdict === 'allowed') passed[caller]!++;
      }
    }
    expect(passed).toEqual([20, 10]);
  });
});

test('client, address, route and all on one request, each counted by another algorithm: the tightest holds', async () => {
  const world = createWorld(
    policyOf(`identify: [{ apiKey: x-api-key }]
limits:
  mine: { per: client, rate: 6/minute, algorithm: sliding-window-log }
  near: { per: address, rate: 9/minute, algorithm: sliding-window-counter }
  here: { per: route, ${ROUTES}, rate: 8/second, algorithm: leaky-bucket, queue: 10 }
  everything: { per: all, rate: 10/calendar-day }`),
  );
  const start = world.now;
  const passed: number[] = [];
  for (const event of [...Array(20).fill(CALLERS[0]), ...Array(20).fill(CALLERS[1])]) {
    world.now = start;
    passed.push(Number((await world.call(event)).context.verdict === 'allowed'));
  }
  expect(passed.slice(0, 20).reduce((a, b) => a + b)).toBe(6);
  // Of ten in all, what a denied request took beside is kept for the next one of its container.
  expect(passed.slice(20).reduce((a, b) => a + b)).toBe(4);
  expect(world.faults).toEqual([]);
});
