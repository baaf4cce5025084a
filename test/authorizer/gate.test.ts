import { createWorld, httpEvent, KEYS, policyOf, restEvent } from './world.ts';

const open = `
identify:
  - apiKey: x-api-key
tiers: [free, gold]
limits:
  flood:
    per: address
    rate: 5/minute
  client:
    per: client
    rate: { free: 100/minute, gold: 1000/minute }
`;
const verdict = async (call: Promise<{ context: Record<string, string> }>) => (await call).context.verdict;

describe('an address that is over its limit', () => {
  test('is denied before its key is looked up, whatever key it sends', async () => {
    const world = createWorld(policyOf(open));
    for (let i = 0; i < 6; i++) await world.call(restEvent({ key: KEYS.acme }));
    const [lookUps, writes] = [world.lookUps.length, world.writes.length];
    for (let i = 0; i < 50; i++) {
      expect(await verdict(world.call(restEvent({ key: `made-up-key-number-${1000 + i}` })))).toBe('limited');
    }
    expect(world.lookUps.length).toBe(lookUps);
    expect(world.writes.length).toBe(writes);
    expect(await verdict(world.call(restEvent({ ip: '203.0.113.8', key: KEYS.acme })))).toBe('allowed');
  });

  test('is not denied unheard where an exempt client may be behind it', async () => {
    const world = createWorld(policyOf(`${open}exempt:\n  - client: acme\n`));
    for (let i = 0; i < 6; i++) await world.call(restEvent({ key: KEYS.bob }));
    expect(await verdict(world.call(restEvent({ key: KEYS.bob })))).toBe('limited');
    expect(await verdict(world.call(restEvent({ key: KEYS.acme })))).toBe('allowed');
  });
});

describe('anonymous: reject', () => {
  const policy = policyOf(`anonymous: reject\n${open}`);

  test.each([
    ['no key', undefined],
    ['an unknown key', 'nobody-has-this-key-1234'],
  ])('%s is 401 on a REST and 403 on an HTTP API, uncounted', async (_, key) => {
    const world = createWorld(policy);
    const options = key === undefined ? {} : { key };
    await expect(world.call(restEvent(options))).rejects.toThrow(/^Unauthorized$/);
    expect(await world.call(httpEvent(options))).toEqual({ isAuthorized: false, context: {} });
    expect(world.writes).toEqual([]);
    expect(world.rejections.map(({ event }) => event)).toEqual(['anonymous', 'anonymous']);
  });

  test('a client passes, an exempt address without a key does not', async () => {
    const world = createWorld(policyOf(`anonymous: reject\n${open}exempt:\n  - address: 198.51.100.0/24\n`));
    expect(await verdict(world.call(restEvent({ key: KEYS.acme })))).toBe('allowed');
    await expect(world.call(restEvent({ ip: '198.51.100.1' }))).rejects.toThrow(/^Unauthorized$/);
  });

  test('a key that cannot be looked up is 500, never 401', async () => {
    const world = createWorld(policy);
    world.registryDown = true;
    for (const event of [restEvent({ key: KEYS.acme }), httpEvent({ key: KEYS.acme })]) {
      await expect(world.call(event)).rejects.toThrow('HG332');
    }
    expect(world.metrics).toEqual([
      ['StoreErrors', 'FailedClosed'],
      ['StoreErrors', 'FailedClosed'],
    ]);
    await expect(world.call(restEvent())).rejects.toThrow(/^Unauthorized$/);
  });

  test('a client that is known goes on for a day', async () => {
    const world = createWorld(policy);
    await world.call(restEvent({ key: KEYS.acme }));
    world.registryDown = true;
    world.now += 23 * 3_600_000;
    expect(await verdict(world.call(restEvent({ key: KEYS.acme })))).toBe('allowed');
    world.now += 3_600_000;
    await expect(world.call(restEvent({ key: KEYS.acme }))).rejects.toThrow('HG332');
  });
});

describe('anonymous: allow', () => {
  test('a key that cannot be looked up is its address, and a metric says that the registry failed', async () => {
    const world = createWorld(policyOf(open));
    world.registryDown = true;
    const { context } = await world.call(restEvent({ key: KEYS.acme }));
    expect(context).toMatchObject({ verdict: 'allowed', tier: 'free' });
    expect(context).not.toHaveProperty('client');
    expect(world.metrics).toEqual([['StoreErrors', 'Allowed']]);
  });
});

describe('counters that cannot be asked', () => {
  const policy = policyOf(`${open}  sign-in:
    per: address
    routes:
      - POST /login
    rate: 5/minute
    onStoreFailure: deny
`);
  test('open: passes, and a metric says so', async () => {
    const world = createWorld(policy);
    world.storeDown = true;
    expect(await verdict(world.call(restEvent()))).toBe('allowed');
    expect(world.metrics).toEqual([['StoreErrors', 'Allowed', 'FailedOpen']]);
  });
  test('closed where the limit says deny', async () => {
    const world = createWorld(policy);
    world.storeDown = true;
    const { context } = await world.call(restEvent({ method: 'POST', path: '/login' }));
    expect(context).toMatchObject({ verdict: 'limited', limitName: 'sign-in', retryAfter: '1' });
    expect(world.metrics).toEqual([['StoreErrors', 'FailedClosed']]);
    expect(world.rejections[0]).toMatchObject({ event: 'failed-closed', limit: 'sign-in', failure: 'unavailable' });
  });
});

test('a shadow limit that is used up is counted and denies nobody', async () => {
  const world = createWorld(policyOf('limits:\n  trial:\n    per: address\n    rate: 1/minute\n    mode: shadow\n'));
  expect(await verdict(world.call(restEvent()))).toBe('allowed');
  expect(await verdict(world.call(restEvent()))).toBe('allowed');
  expect(world.metrics).toEqual([['Allowed'], ['Allowed', 'ShadowLimited']]);
});

test('a request that no limit counts passes without a write', async () => {
  const world = createWorld(
    policyOf('limits:\n  sign-in:\n    per: address\n    routes: [POST /login]\n    rate: 1/minute\n'),
  );
  expect((await world.call(restEvent())).context).toEqual({ verdict: 'allowed', tier: 'default' });
  expect(world.writes).toEqual([]);
});
