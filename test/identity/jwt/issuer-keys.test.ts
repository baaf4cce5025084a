import { IssuerKeys } from '../../../lambda/identity/jwt/issuer-keys.ts';
import { keySet, signingKey } from '../../support/tokens.ts';

const first = signingKey('k1');
const second = signingKey('k2');
const MINUTE = 60_000;

function createKeys() {
  const world = { now: 1_800_000_000_000, set: keySet(first) as unknown, down: false, fetches: 0, errors: 0 };
  const waiting: (() => void)[] = [];
  let slow = false;
  const keys = new IssuerKeys({
    uri: 'https://login.example.com/keys',
    clock: () => world.now,
    fetch: async () => {
      world.fetches++;
      if (slow) await new Promise<void>((resolve) => waiting.push(resolve));
      if (world.down) throw new Error('down');
      return world.set;
    },
    onError: () => world.errors++,
  });
  const answer = async () => {
    for (const resolve of waiting.splice(0)) resolve();
    await new Promise(setImmediate);
  };
  return Object.assign(world, { keys, answer, slowDown: () => (slow = true) });
}

test('requests at once share one fetch', async () => {
  const world = createKeys();
  const found = await Promise.all(Array.from({ length: 50 }, () => world.keys.find('k1')));
  expect(new Set(found.map(({ kind }) => kind))).toEqual(new Set(['known']));
  expect(world.fetches).toBe(1);
});

test('made-up key ids cause one fetch in ten seconds, however many there are', async () => {
  const world = createKeys();
  for (let i = 0; i < 600; i++) {
    expect(await world.keys.find(`made-up-${i}`)).toEqual({ kind: 'unknown' });
    world.now += 100;
  }
  expect(world.fetches).toBe(6);
  expect(await world.keys.find('k1')).toMatchObject({ kind: 'known' });
});

test('a key that is published later is found, ten seconds after the last fetch', async () => {
  const world = createKeys();
  await world.keys.load();
  world.set = keySet(first, second);
  world.now += 9999;
  expect(await world.keys.find('k2')).toEqual({ kind: 'unknown' });
  world.now += 1;
  expect(await world.keys.find('k2')).toMatchObject({ kind: 'known' });
});

describe('while the issuer is down', () => {
  test('known keys serve for a day, and nobody waits', async () => {
    const world = createKeys();
    await world.keys.load();
    world.down = true;
    world.now += 86_400_000 - 1;
    expect(world.keys.known('k1')).toBeDefined();
    expect(await world.keys.find('k1')).toMatchObject({ kind: 'known' });
    world.now += 1;
    expect(world.keys.known('k1')).toBeUndefined();
    expect(await world.keys.find('k1')).toEqual({ kind: 'unavailable' });
  });

  test('it is asked once in five seconds, and everybody else is answered at once', async () => {
    const world = createKeys();
    world.down = true;
    for (let i = 0; i < 300; i++) {
      expect(await world.keys.find('k1')).toEqual({ kind: 'unavailable' });
      world.now += 100;
    }
    expect(world.fetches).toBe(6);
    expect(world.errors).toBe(6);
    world.down = false;
    world.now += 5000;
    expect(await world.keys.find('k1')).toMatchObject({ kind: 'known' });
  });

  test('an unknown key id is not refused: the key may be new', async () => {
    const world = createKeys();
    await world.keys.load();
    world.down = true;
    world.now += 10_000;
    expect(await world.keys.find('k2')).toEqual({ kind: 'unavailable' });
    expect(await world.keys.find('k1')).toMatchObject({ kind: 'known' });
  });
});

describe('keys that are ten minutes old', () => {
  test('are fetched again while they serve', async () => {
    const world = createKeys();
    await world.keys.load();
    world.slowDown();
    world.now += 10 * MINUTE;
    world.set = keySet(second);
    expect(world.keys.known('k1')).toBeDefined();
    expect(world.keys.known('k1')).toBeDefined();
    expect(world.fetches).toBe(2);
    await world.answer();
    expect(world.keys.known('k1')).toBeUndefined();
    expect(world.keys.known('k2')).toBeDefined();
  });

  test('stay the same objects where they have not changed', async () => {
    const world = createKeys();
    await world.keys.load();
    const before = world.keys.known('k1');
    world.set = JSON.parse(JSON.stringify(keySet(second, first)));
    await world.keys.load();
    expect(world.keys.known('k1')).toBe(before);
  });
});

test('a fetch that froze with its container is not waited for', async () => {
  const world = createKeys();
  world.slowDown();
  const frozen = world.keys.find('k1');
  world.now += 1000;
  const thawed = world.keys.find('k1');
  expect(world.fetches).toBe(2);
  await world.answer();
  expect((await Promise.all([frozen, thawed])).map(({ kind }) => kind)).toEqual(['known', 'known']);
});

test('a clock that goes back makes keys old, not eternal', async () => {
  const world = createKeys();
  await world.keys.load();
  world.now -= MINUTE;
  expect(world.keys.known('k1')).toBeDefined();
  await world.answer();
  expect(world.fetches).toBe(2);
});
