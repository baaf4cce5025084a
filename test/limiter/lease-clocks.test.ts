import { Limiter } from '../../lambda/limiter/limiter.ts';
import { StoreClock } from '../../lambda/store/store-clock.ts';
import { asked, charge, fixedWindow, slidingWindow } from './budgets.ts';
import { setup } from './setup.ts';

const CEILING = fixedWindow(1000, 1000, 'cei');
const shared = (budget = CEILING) => ({ ...asked('all', charge(budget)), shared: true });

/** A container with a clock of its own, which has taken a lease of `budget` just now. */
async function leased(options: { offset?: number; monotonic?: boolean; budget?: typeof CEILING } = {}) {
  const { budget = CEILING, monotonic = true } = options;
  const bed = setup();
  let offset = options.offset ?? 0;
  const limiter = bed.limiter({
    clock: () => bed.now + offset,
    ...(monotonic && { monotonic: () => bed.now - 1e12 + 0.25 }),
  });
  const decide = () => limiter.decide([shared(budget)]);
  for (let i = 0; i < 50; i++) {
    await decide();
    bed.now += 20;
  }
  // The lease of that second is spent or over.
  bed.now += budget.windowMs - (bed.now % budget.windowMs);
  const first = await decide();
  expect(first).toMatchObject({ allowed: true, writes: 1 });
  expect(await decide()).toMatchObject({ allowed: true, writes: 0 });
  return {
    bed,
    decide,
    setClock: (by: number) => {
      offset += by;
    },
  };
}

describe('a lease ends with its epoch, whatever the clock does', () => {
  test.each([300, 900, 5000, 60_000])('a clock that is set back by %i ms does not make it longer', async (by) => {
    const { bed, decide, setClock } = await leased();
    bed.now += 700;
    setClock(-by);
    expect(await decide()).toMatchObject({ writes: 0 });
    bed.now += 301;
    // More than 10 s ahead the item is not asked at all: the answer is by `onStoreFailure`, and not from the lease.
    const verdict = await decide();
    if (by < 10_000) expect(verdict).toMatchObject({ allowed: true, writes: 1 });
    else expect(verdict).toMatchObject({ failure: 'clock', writes: 0 });
  });

  test('set back between two requests, by less than what has passed meanwhile', async () => {
    const { bed, decide, setClock } = await leased();
    setClock(-400);
    bed.now += 1001;
    expect(await decide()).toMatchObject({ allowed: true, writes: 1 });
  });

  test('without a second clock it is longer by what nobody could see: at most the time between two requests', async () => {
    const { bed, decide, setClock } = await leased({ monotonic: false });
    bed.now += 700;
    expect(await decide()).toMatchObject({ writes: 0 });
    setClock(-5000);
    bed.now += 100;
    expect(await decide()).toMatchObject({ writes: 0 });
    bed.now += 300;
    expect(await decide()).toMatchObject({ allowed: true, writes: 1 });
  });

  test('a monotonic clock that stands still while the container is frozen does not make it longer', async () => {
    const bed = setup();
    const limiter = bed.limiter({ monotonic: () => 17 });
    for (let i = 0; i < 51; i++) {
      await limiter.decide([shared()]);
      bed.now += 20;
    }
    bed.now += 60_000;
    expect(await limiter.decide([shared()])).toMatchObject({ allowed: true, writes: 1 });
  });

  test('an item that is ahead of the clock: one epoch from the write, not until the clock has caught up', async () => {
    const bed = setup();
    const slow = bed.limiter({ clock: () => bed.now - 8000, monotonic: () => bed.now });
    const right = bed.limiter();
    for (let i = 0; i < 50; i++) {
      await right.decide([shared()]);
      await slow.decide([shared()]);
      bed.now += 20;
    }
    bed.now += 1001;
    // The other has not moved the item on: this one believes to be 8 s before the end of the epoch.
    expect(await slow.decide([shared()])).toMatchObject({ allowed: true, writes: 1 });
  });

  test('the tenths of a sliding window as well', async () => {
    const budget = slidingWindow(1000, 1000, 10, 'cei');
    const bed = setup();
    let offset = 0;
    const limiter = bed.limiter({ clock: () => bed.now + offset, monotonic: () => bed.now });
    for (let i = 0; i < 200; i++) {
      await limiter.decide([shared(budget)]);
      bed.now += 5;
    }
    expect(await limiter.decide([shared(budget)])).toMatchObject({ writes: 1 });
    expect(await limiter.decide([shared(budget)])).toMatchObject({ writes: 0 });
    offset = -1000;
    bed.now += 101;
    expect(await limiter.decide([shared(budget)])).toMatchObject({ allowed: true, writes: 1 });
  });
});

/** What is left of decision 007: neither clock of the container says that time has passed. */
describe('frozen with its monotonic clock, and woken with a clock that was set back', () => {
  async function frozen() {
    const bed = setup();
    let back = 0;
    let stopped = 0;
    const own = () => bed.now - back;
    const storeClock = new StoreClock(own);
    const limiter = new Limiter({
      store: {
        async update(subject, write) {
          const sentAt = own();
          const outcome = await bed.memory.update(subject, write);
          storeClock.observe(new Date(bed.now).toUTCString(), sentAt, own());
          return outcome;
        },
      },
      clock: () => storeClock.now(),
      monotonic: () => bed.now - stopped,
    });
    for (let i = 0; i < 50; i++) {
      await limiter.decide([shared()]);
      bed.now += 20;
    }
    expect(await limiter.decide([shared()])).toMatchObject({ writes: 1 });
    const units = bed.memory.items.get('all')![`cei.${(bed.now / 1000).toString(36)}`]!;
    bed.now += 30_000;
    back = 30_000;
    stopped = 30_000;
    return { bed, limiter, held: units - 1 };
  }

  test('at most what was held is spent late, once', async () => {
    const { bed, limiter, held } = await frozen();
    expect(held).toBeGreaterThan(20);
    let late = 0;
    for (; (await limiter.decide([shared()])).writes === 0; late++) bed.now += 1;
    expect(late).toBeLessThanOrEqual(held);
    // That write's answer has put the clock right.
    bed.now += 1000;
    expect(await limiter.decide([shared()])).toMatchObject({ allowed: true, writes: 1 });
  });

  test('the first answer ends it: one late request where each is also counted for its caller', async () => {
    const { bed, limiter } = await frozen();
    const request = [asked('client:a', charge(fixedWindow(100, 60_000, 'own'))), shared()];
    const writes: number[] = [];
    for (let i = 0; i < 3; i++) {
      writes.push((await limiter.decide(request)).writes);
      bed.now += 1;
    }
    // The caller's own write; then that and the ceiling's; then a lease of the present.
    expect(writes.slice(0, 2)).toEqual([1, 2]);
  });
});

describe('the demand that sizes a lease', () => {
  test('does not grow while a clock that was set back catches up', async () => {
    const { bed, decide, setClock } = await leased();
    setClock(-5000);
    for (let i = 0; i < 200; i++) {
      await decide();
      bed.now += 20;
    }
    const taken = bed.written.at(-1)!.write.assignments.find(({ attribute }) => attribute.startsWith('cei.'))!.add;
    // 50 a second; without fading 250 of them would be remembered.
    expect(Number(taken)).toBeLessThanOrEqual(1 + 50 + 2);
  });
});
