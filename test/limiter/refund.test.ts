import type { ConditionalWrite, CounterStore } from '../../lambda/limiter/counter-store.ts';
import { Limiter, RefundError, StoreError } from '../../lambda/limiter/index.ts';
import type { SubjectCharges } from '../../lambda/limiter/verdict.ts';
import type { Budget } from '../../lambda/policy/policy.ts';
import { memoryStore } from '../../lambda/store/memory.ts';
import { asked, charge, fixedWindow, leakyBucket, logWindow, slidingWindow, tokenBucket } from './budgets.ts';

const HOUR = 3_600_000;
const refundable = (budget: Budget, subject = 'client:anna'): SubjectCharges[] => [
  { ...asked(subject, charge(budget)), refundable: true },
];
const windows: [string, Budget][] = [
  ['sliding window', slidingWindow(5, HOUR)],
  ['sliding window log', logWindow(5, HOUR)],
  ['fixed window', fixedWindow(5, HOUR)],
];

/** Some containers over one store, on one clock. */
function containers(count: number, store: CounterStore = memoryStore()) {
  const world = { now: 1.8e12 + 1234, writes: [] as ConditionalWrite[], down: false };
  const counting: CounterStore = {
    async update(subject, write, options) {
      world.writes.push(write);
      if (world.down) throw new StoreError('HG303', 'unavailable', 'down');
      return store.update(subject, write, options);
    },
  };
  const limiters = Array.from({ length: count }, () => new Limiter({ store: counting, clock: () => world.now }));
  return Object.assign(world, { limiters });
}

describe.each(windows)('%s', (_name, budget) => {
  const request = refundable(budget);

  test('what is given back is free: a hundred successes and then the whole limit, from any container', async () => {
    const world = containers(3);
    for (let i = 0; i < 100; i++) {
      world.now += 10;
      const limiter = world.limiters[i % 3]!;
      const verdict = await limiter.decide(request);
      expect(verdict).toMatchObject({ allowed: true, binding: { remaining: 4 } });
      expect((await limiter.refund(verdict)).binding).toMatchObject({ remaining: 5, resetAt: world.now });
    }
    // One write to take and one to give back, and a second try where another container has changed the item since.
    expect(world.writes.length).toBeLessThanOrEqual(300);
    for (let i = 0; i < 5; i++) expect(await world.limiters[i % 3]!.decide(request)).toMatchObject({ allowed: true });
    for (const limiter of world.limiters) expect(await limiter.decide(request)).toMatchObject({ allowed: false });
  });

  test('it is given back once', async () => {
    const { limiters } = containers(1);
    const first = await limiters[0]!.decide(request);
    await limiters[0]!.decide(request);
    await limiters[0]!.refund(first);
    const again = await limiters[0]!.refund(first);
    expect(again).toBe(first);
    expect((await limiters[0]!.decide(request)).binding).toMatchObject({ remaining: 3 });
  });

  test('a denial is believed for a second, then asked again: others may have given back', async () => {
    const world = containers(2);
    const [a, b] = world.limiters as [Limiter, Limiter];
    const taken = [];
    for (let i = 0; i < 5; i++) taken.push(await b.decide(request));
    expect(await a.decide(request)).toMatchObject({ allowed: false, writes: 1 });
    await b.refund(taken[0]!);
    world.now += 999;
    expect(await a.decide(request)).toMatchObject({ allowed: false, writes: 0 });
    world.now += 1;
    expect(await a.decide(request)).toMatchObject({ allowed: true, binding: { remaining: 0 } });
  });

  test('of many that ask again one does', async () => {
    const world = containers(1);
    for (let i = 0; i < 5; i++) await world.limiters[0]!.decide(request);
    world.writes.length = 0;
    for (let second = 0; second < 3; second++) {
      world.now += 1000;
      const verdicts = await Promise.all(Array.from({ length: 50 }, () => world.limiters[0]!.decide(request)));
      expect(verdicts.filter(({ allowed }) => allowed)).toEqual([]);
      expect(verdicts[0]!.retryAt).toBeGreaterThan(world.now);
    }
    expect(world.writes).toHaveLength(3);
  });

  test('what has left its window is not given back to a later one', async () => {
    const store = memoryStore();
    const world = containers(1, store);
    const [limiter] = world.limiters as [Limiter];
    const old = await limiter.decide(request);
    world.now += 3 * HOUR;
    for (let i = 0; i < 5; i++) await limiter.decide(request);
    const before = store.items.get('client:anna');
    await limiter.refund(old);
    expect(store.items.get('client:anna')).toEqual(before);
    expect(await limiter.decide(request)).toMatchObject({ allowed: false });
  });

  test('a refund that the store does not take leaves the unit counted', async () => {
    const world = containers(1);
    const [limiter] = world.limiters as [Limiter];
    const verdict = await limiter.decide(request);
    world.down = true;
    expect(await limiter.refund(verdict)).toMatchObject({ allowed: true, binding: { remaining: 4 } });
    world.down = false;
    expect((await limiter.decide(request)).binding).toMatchObject({ remaining: 3 });
  });

  test('nor is it given back to another life of the item, in the same epoch', async () => {
    const store = memoryStore();
    const world = containers(2, store);
    const [a, b] = world.limiters as [Limiter, Limiter];
    const verdict = await a.decide(request);
    store.items.clear();
    world.now += 1;
    for (let i = 0; i < 5; i++) await b.decide(request);
    const before = store.items.get('client:anna');
    await a.refund(verdict);
    expect(store.items.get('client:anna')).toEqual(before);
    world.now += 1000;
    for (const limiter of [a, b]) expect(await limiter.decide(request)).toMatchObject({ allowed: false });
  });

  test('an item that was deleted meanwhile stays as it is', async () => {
    const store = memoryStore();
    const { limiters } = containers(1, store);
    const verdict = await limiters[0]!.decide(request);
    store.items.clear();
    await limiters[0]!.refund(verdict);
    expect(store.items.size).toBe(0);
    expect((await limiters[0]!.decide(request)).binding).toMatchObject({ remaining: 4 });
  });
});

test('two limits of one subject: of a short one whose window is over nothing, of the long one all', async () => {
  const short = slidingWindow(5, 60_000, 10, 'srt');
  const long = fixedWindow(5, 24 * HOUR, 'lng');
  const request = [{ subject: 'client:anna', charges: [charge(short), charge(long)], refundable: true }];
  const world = containers(1);
  const [limiter] = world.limiters as [Limiter];
  const verdict = await limiter.decide(request);
  world.now += 10 * 60_000;
  await limiter.decide(request);
  const limits = (await limiter.refund(verdict)).limits.map(({ limit, remaining }) => [limit, remaining]);
  expect(limits[1]).toEqual([5, 4]);
  expect((await limiter.decide(request)).limits.map(({ remaining }) => remaining)).toEqual([3, 3]);
});

test('denied by another subject, it is given back at once and not kept as a credit', async () => {
  const world = containers(2);
  const account = { ...asked('client:anna', charge(slidingWindow(5, HOUR))), refundable: true };
  const address = asked('address:1', charge(fixedWindow(1, HOUR)));
  await world.limiters[0]!.decide([address]);
  const verdict = await world.limiters[1]!.decide([account, address]);
  expect(verdict).toMatchObject({ allowed: false, writes: 3 });
  expect((await world.limiters[0]!.decide([account])).binding).toMatchObject({ remaining: 4 });
});

test('a lost refund is not sent again', async () => {
  const seen: unknown[] = [];
  const memory = memoryStore();
  const store: CounterStore = {
    update: (subject, write, options) => {
      seen.push(options?.once ?? false);
      return memory.update(subject, write);
    },
  };
  const limiter = new Limiter({ store, clock: () => 1.8e12 });
  await limiter.refund(await limiter.decide(refundable(slidingWindow(5, HOUR))));
  expect(seen).toEqual([false, true]);
});

test('a cost above the limit is denied, however long ago it was asked', async () => {
  const world = containers(1);
  const [limiter] = world.limiters as [Limiter];
  const request = [{ ...asked('client:anna', charge(fixedWindow(5, HOUR), { cost: 6 })), refundable: true }];
  for (let i = 0; i < 3; i++) {
    expect(await limiter.decide(request)).toMatchObject({ allowed: false, writes: 0 });
    world.now += 5000;
  }
});

test('a shared subject that is refundable is not taken ahead', async () => {
  const world = containers(1);
  const [limiter] = world.limiters as [Limiter];
  const request = [{ ...asked('all', charge(fixedWindow(1000, HOUR))), shared: true, refundable: true }];
  const verdicts = await Promise.all(Array.from({ length: 50 }, () => limiter.decide(request)));
  expect(verdicts.map(({ writes }) => writes)).toEqual(Array(50).fill(1));
});

test.each([
  ['token bucket', tokenBucket(5, HOUR, 5, 60_000)],
  ['queue', leakyBucket(5, 1000, 5)],
])('a %s cannot give back', async (_name, budget) => {
  const { limiters } = containers(1);
  await expect(limiters[0]!.decide(refundable(budget))).rejects.toThrow(RefundError);
});

test('verdicts that are not refundable, or of another limiter, are left as they are', async () => {
  const { limiters } = containers(2);
  const [a, b] = limiters as [Limiter, Limiter];
  const plain = await a.decide([asked('client:anna', charge(slidingWindow(5, HOUR)))]);
  expect(await a.refund(plain)).toBe(plain);
  const verdict = await a.decide(refundable(slidingWindow(5, HOUR)));
  expect(await b.refund(verdict)).toBe(verdict);
});
