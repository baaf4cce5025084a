import { Limiter } from '../../lambda/limiter/limiter.ts';
import type { StoreError } from '../../lambda/limiter/store-error.ts';
import { reliableStore } from '../../lambda/store/reliable-store.ts';
import { StoreThrottledError, StoreUnavailableError } from '../../lambda/store/store-error.ts';
import { VirtualTimers } from '../store/virtual-timers.ts';
import { asked, charge, fixedWindow } from './budgets.ts';
import { setup } from './setup.ts';

const CEILING = fixedWindow(10_000, 1000, 'cei');
const request = (onStoreFailure: 'allow' | 'deny' = 'allow') => [
  { ...asked('all', charge(CEILING, { onStoreFailure })), shared: true },
];
const THROTTLED = new StoreThrottledError({ name: 'ProvisionedThroughputExceededException' });

/** A container with a demand of about a hundred a second, and what the store does to each of its writes. */
async function busy() {
  const bed = setup();
  const errors: StoreError[] = [];
  const limiter = bed.limiter({ onStoreError: (error) => errors.push(error) });
  for (let i = 0; i < 200; i++) {
    await limiter.decide(request());
    bed.now += 10;
  }
  bed.now = Math.ceil(bed.now / 1000) * 1000;
  bed.written.length = 0;
  const crowd = (onStoreFailure: 'allow' | 'deny' = 'allow', size = 40) =>
    Promise.all(Array.from({ length: size }, () => limiter.decide(request(onStoreFailure))));
  return Object.assign(bed, { limiter, errors, crowd });
}

describe('a crowd that waits for a lease whose write fails', () => {
  test.each([
    ['throttled', THROTTLED],
    ['unavailable', new StoreUnavailableError({ name: 'InternalServerError' }, true)],
  ] as const)('%s for two seconds: about three writes for forty at once, not forty', async (reason, error) => {
    const world = await busy();
    world.before = () => {
      throw error;
    };
    let sent = 0;
    for (let round = 0; round < 20; round++) {
      world.written.length = 0;
      world.errors.length = 0;
      const verdicts = await world.crowd(round % 2 ? 'allow' : 'deny');
      for (const verdict of verdicts) expect(verdict).toMatchObject({ allowed: round % 2 === 1, failure: reason });
      expect(world.written.length).toBeLessThanOrEqual(6);
      sent += world.written.length;
      // Each request is told of, and only who has sent counts a write.
      expect(world.errors).toHaveLength(40);
      expect(verdicts.reduce((sum, { writes }) => sum + writes, 0)).toBe(world.written.length);
      world.now += 100;
    }
    // A few more where an epoch is nearly over: its leases are small.
    expect(sent).toBeLessThanOrEqual(65);
    world.before = () => {};
    const after = await world.crowd();
    expect(after.filter(({ failure }) => failure)).toEqual([]);
  });

  test.each([1, 2])('%i failed writes let nobody through but those who sent them', async (failing) => {
    const world = await busy();
    let seen = 0;
    world.before = () => {
      if (seen++ < failing) throw THROTTLED;
    };
    const verdicts = await world.crowd();
    expect(verdicts.filter(({ failure }) => failure)).toHaveLength(failing);
    expect(world.written.length).toBeLessThanOrEqual(failing + 2);
    const counted = world.memory.items.get('all')![`cei.${(world.now / 1000).toString(36)}`]!;
    expect(counted).toBeGreaterThanOrEqual(40 - failing);
  });

  test('what has become known to be full meanwhile is denied, whatever has failed', async () => {
    const world = await busy();
    let seen = 0;
    world.before = async () => {
      const count = ++seen;
      if (count === 3) {
        const epoch = world.now / 1000;
        world.memory.items.set('all', {
          ...world.memory.items.get('all'),
          cei: epoch,
          [`cei.${epoch.toString(36)}`]: 10_000,
        });
        const other = { ...asked('all', charge(CEILING, { cost: 2 })), shared: true };
        expect(await world.limiter.decide([other])).toMatchObject({ allowed: false, writes: 1 });
      }
      if (count <= 3) throw THROTTLED;
    };
    const verdicts = await world.crowd();
    expect(verdicts.filter(({ failure }) => failure)).toHaveLength(3);
    expect(verdicts.filter(({ allowed }) => allowed)).toHaveLength(3);
    expect(seen).toBe(4);
  });

  describe('a store that does not answer', () => {
    /** The same container behind a deadline; from now on nothing is answered. */
    async function silent() {
      const world = await busy();
      const timers = new VirtualTimers();
      const sent: string[] = [];
      let down = false;
      const store = reliableStore(
        {
          update: (subject, write, options) => {
            if (!down) return world.memory.update(subject, write);
            sent.push(subject);
            return new Promise((_, reject) => {
              options?.signal?.addEventListener('abort', () => reject(new Error('aborted')));
            });
          },
        },
        { timers, clock: timers.clock },
      );
      const limiter = new Limiter({ store, clock: () => world.now });
      for (let i = 0; i < 200; i++) {
        await limiter.decide(request());
        world.now += 10;
      }
      world.now = Math.ceil(world.now / 1000) * 1000;
      down = true;
      const answered: (string | undefined)[] = [];
      const ask = () => void limiter.decide(request()).then(({ failure }) => answered.push(failure));
      return { timers, sent, answered, ask };
    }

    test('all are answered at the deadline of the first, and few have sent anything', async () => {
      const { timers, sent, answered, ask } = await silent();
      for (let i = 0; i < 40; i++) ask();
      await timers.pass(149);
      expect(answered).toEqual([]);
      await timers.pass(1);
      expect(answered).toEqual(Array(40).fill('deadline'));
      expect(sent.length).toBeLessThanOrEqual(3);
    });

    test('nobody waits for what a later one sends, whose deadline is later', async () => {
      const trial = await silent();
      let places = 0;
      for (; trial.sent.length < 2; places++) trial.ask();
      const { timers, sent, answered, ask } = await silent();
      for (let i = 1; i < places; i++) ask();
      expect(sent).toHaveLength(1);
      await timers.pass(100);
      // The first lease has no place left: this one sends its own, with places.
      ask();
      expect(sent).toHaveLength(2);
      await timers.pass(50);
      expect(answered).toEqual(Array(places - 1).fill('deadline'));
      await timers.pass(100);
      expect(answered).toHaveLength(places);
    });
  });
});
