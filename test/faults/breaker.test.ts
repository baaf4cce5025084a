import { asked, charge, slidingWindow } from '../limiter/budgets.ts';
import { NO_TABLE, NONE, SERVER_ERROR, STALL, THROTTLED } from '../support/fault-proxy/fault.ts';
import { useFaultProxy } from '../support/fault-proxy/use-fault-proxy.ts';

describe('the breaker in front of a store that fails', () => {
  const world = useFaultProxy();
  const budget = slidingWindow(20, 60_000);
  let made = 0;
  let subject = '';
  const request = (onStoreFailure: 'allow' | 'deny' = 'allow') => [asked(subject, charge(budget, { onStoreFailure }))];
  beforeEach(() => {
    subject = `client:breaker-${made++}`;
  });

  test.each([
    ['a server error', SERVER_ERROR, 10],
    ['a table that is gone', NO_TABLE, 5],
  ])('%s: opens, probes, closes; the store is left in peace in between', async (_name, fault, untilOpen) => {
    const { limiter, timers, errors } = world.container();
    await limiter.decide(request());
    world.proxy.standing = fault;
    const before = world.proxy.seen;
    const seen = () => world.proxy.seen - before;
    for (let i = 0; i < 5; i++) expect(await limiter.decide(request())).toMatchObject({ failure: 'unavailable' });
    expect(seen()).toBe(untilOpen);

    const open = await Promise.all(Array.from({ length: 50 }, () => limiter.decide(request())));
    for (const verdict of open) expect(verdict).toMatchObject({ allowed: true, failure: 'breaker-open', writes: 0 });
    expect(await limiter.decide(request('deny'))).toMatchObject({ allowed: false, failure: 'breaker-open' });
    expect(seen()).toBe(untilOpen);

    // One probe for each pause, however many ask.
    await timers.pass(1000);
    const probed = await Promise.all(Array.from({ length: 50 }, () => limiter.decide(request())));
    expect(probed.filter(({ failure }) => failure === 'unavailable')).toHaveLength(1);
    expect(seen()).toBe(untilOpen + untilOpen / 5);

    world.proxy.standing = NONE;
    await timers.pass(999);
    expect((await limiter.decide(request())).failure).toBe('breaker-open');
    await timers.pass(1);
    expect((await limiter.decide(request())).failure).toBeUndefined();
    const after = await Promise.all(Array.from({ length: 30 }, () => limiter.decide(request())));
    expect(after.filter(({ failure }) => failure)).toEqual([]);
    // One before the fault, the probe, and what passes after it.
    expect(after.filter(({ allowed }) => allowed)).toHaveLength(18);
    expect(new Set(errors.map(({ code }) => code))).toEqual(new Set(['HG303', 'HG304']));
  });

  test('a probe that gets no answer is over at its deadline, and the next one goes out a pause later', async () => {
    const { limiter, timers } = world.container();
    world.proxy.standing = NO_TABLE;
    for (let i = 0; i < 5; i++) await limiter.decide(request());
    await timers.pass(1000);
    world.proxy.script(STALL);
    const probe = limiter.decide(request());
    await world.proxy.stalled();
    expect((await limiter.decide(request())).failure).toBe('breaker-open');
    await timers.pass(150);
    expect((await probe).failure).toBe('deadline');
    world.proxy.release();
    world.proxy.standing = NONE;
    expect((await limiter.decide(request())).failure).toBe('breaker-open');
    await timers.pass(1000);
    expect((await limiter.decide(request())).failure).toBeUndefined();
  });

  test('throttling never opens it: every request is asked for, and the first that is taken is decided', async () => {
    const { limiter } = world.container();
    world.proxy.standing = THROTTLED;
    const before = world.proxy.seen;
    for (let i = 0; i < 12; i++) expect((await limiter.decide(request())).failure).toBe('throttled');
    expect(world.proxy.seen - before).toBe(12);
    world.proxy.standing = NONE;
    expect(await limiter.decide(request())).toMatchObject({ allowed: true, writes: 1 });
  });
});
