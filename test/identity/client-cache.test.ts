import { ClientCache } from '../../lambda/identity/client-cache.ts';
import type { ClientRecord } from '../../lambda/identity/registry-reader.ts';

const acme: ClientRecord = { client: 'acme', tier: 'gold' };
const MINUTE = 60_000;
const HOUR = 60 * MINUTE;

function setUp(options: { maxKeys?: number } = {}) {
  const world = { now: 1e12, down: false, calls: 0, records: new Map([['a', acme]]), errors: [] as unknown[] };
  const cache = new ClientCache({
    registry: {
      clientByKey: async (sha256) => {
        world.calls++;
        await null;
        if (world.down) throw new Error('down');
        return world.records.get(sha256);
      },
    },
    clock: () => world.now,
    elapsed: () => world.now,
    onError: (error) => world.errors.push(error),
    ...options,
  });
  return { world, cache };
}

describe('ClientCache', () => {
  test('asks once a minute for a known and for an unknown key', async () => {
    const { world, cache } = setUp();
    for (let i = 0; i < 5; i++) {
      expect(await cache.lookUp('a')).toEqual({ kind: 'known', record: acme });
      expect(await cache.lookUp('b')).toEqual({ kind: 'unknown' });
    }
    expect(world.calls).toBe(2);
    world.now += MINUTE - 1;
    await cache.lookUp('a');
    expect(world.calls).toBe(2);
    world.now += 1;
    await Promise.all([cache.lookUp('a'), cache.lookUp('b')]);
    expect(world.calls).toBe(4);
  });

  test('a change arrives within a minute: a new tier, a removal, an addition', async () => {
    const { world, cache } = setUp();
    await cache.lookUp('a');
    await cache.lookUp('b');
    world.records = new Map([['b', { client: 'bob', tier: 'free' }]]);
    world.now += MINUTE;
    expect(await cache.lookUp('a')).toEqual({ kind: 'unknown' });
    expect(await cache.lookUp('b')).toEqual({ kind: 'known', record: { client: 'bob', tier: 'free' } });
  });

  test('requests with one key at once ask once', async () => {
    const { world, cache } = setUp();
    const answers = await Promise.all(Array.from({ length: 20 }, () => cache.lookUp('a')));
    expect(world.calls).toBe(1);
    expect(answers.every((answer) => answer.kind === 'known')).toBe(true);
  });

  test('serves a known client for a day while the registry fails, then not', async () => {
    const { world, cache } = setUp();
    await cache.lookUp('a');
    world.down = true;
    world.now += 24 * HOUR - 1;
    expect(await cache.lookUp('a')).toEqual({ kind: 'known', record: acme });
    world.now += 1;
    expect(await cache.lookUp('a')).toEqual({ kind: 'unavailable' });
    expect(world.errors.length).toBeGreaterThan(0);
  });

  test('says of keys that it has not seen, or saw as unknown, that it cannot tell', async () => {
    const { world, cache } = setUp();
    await cache.lookUp('b');
    world.down = true;
    world.now += MINUTE;
    expect(await cache.lookUp('b')).toEqual({ kind: 'unavailable' });
    expect(await cache.lookUp('c')).toEqual({ kind: 'unavailable' });
  });

  test('a removed client does not come back when the registry fails afterwards', async () => {
    const { world, cache } = setUp();
    await cache.lookUp('a');
    world.records.clear();
    world.now += MINUTE;
    await cache.lookUp('a');
    world.down = true;
    world.now += MINUTE;
    expect(await cache.lookUp('a')).toEqual({ kind: 'unavailable' });
  });

  test('does not ask a failing registry for every request, and notices when it is back', async () => {
    const { world, cache } = setUp();
    world.down = true;
    for (let i = 0; i < 50; i++) await cache.lookUp(`x${i}`);
    expect(world.calls).toBe(3);
    world.down = false;
    world.now += 1000;
    expect(await cache.lookUp('a')).toEqual({ kind: 'known', record: acme });
  });

  test('a flood of made-up keys pushes no client out', async () => {
    const { world, cache } = setUp({ maxKeys: 10 });
    await cache.lookUp('a');
    for (let i = 0; i < 1000; i++) await cache.lookUp(`made-up ${i}`);
    world.calls = 0;
    expect(await cache.lookUp('a')).toEqual({ kind: 'known', record: acme });
    expect(world.calls).toBe(0);
  });
});
