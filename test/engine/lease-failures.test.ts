import { asked, charge, fixedWindow } from '../limiter/budgets.ts';
import { NONE, SERVER_ERROR, THROTTLED } from '../support/fault-proxy/fault.ts';
import { useFaultProxy } from '../support/fault-proxy/use-fault-proxy.ts';

const WINDOW = 2000;

/** Forty at once on one busy container, again and again, while the engine behind the proxy refuses for two seconds. */
describe('a crowd on a shared limit whose store refuses', () => {
  const world = useFaultProxy();
  const request = (subject: string) => [
    { ...asked(subject, charge(fixedWindow(100_000, WINDOW), { onStoreFailure: 'deny' })), shared: true },
  ];
  const busy = async (subject: string) => {
    const container = world.container({ deadlineMs: 60_000, firstDeadlineMs: 60_000 });
    world.now = Math.ceil(world.now / WINDOW) * WINDOW;
    // Until the window is over, and with it what is still held.
    for (let i = 0; i < WINDOW / 10; i++) {
      await container.limiter.decide(request(subject));
      world.now += 10;
    }
    const crowd = () => Promise.all(Array.from({ length: 40 }, () => container.limiter.decide(request(subject))));
    return { ...container, crowd };
  };

  test('throttled: about three requests reach it for each forty, the breaker stays closed, and then all are decided', async () => {
    const { crowd, timers } = await busy('all:throttled');
    world.proxy.standing = THROTTLED;
    const begun = world.proxy.seen;
    for (let round = 0; round < 10; round++) {
      const before = world.proxy.seen;
      const verdicts = await crowd();
      expect(verdicts.filter(({ failure }) => failure === 'throttled')).toHaveLength(40);
      expect(world.proxy.seen - before).toBeLessThanOrEqual(20);
      world.now += 200;
      await timers.pass(200);
    }
    // A few more where the window is nearly over: its leases are small.
    expect(world.proxy.seen - begun).toBeLessThanOrEqual(60);
    world.proxy.standing = NONE;
    const after = await crowd();
    expect(after.filter(({ allowed, failure }) => allowed && !failure)).toHaveLength(40);
  });

  test('one that is throttled lets nobody through but its own request', async () => {
    const { crowd } = await busy('all:once');
    world.proxy.script(THROTTLED);
    const verdicts = await crowd();
    expect(verdicts.filter(({ failure }) => failure)).toHaveLength(1);
    expect(verdicts.filter(({ allowed }) => allowed)).toHaveLength(39);
  });

  test('server errors: the breaker opens after five writes, ten requests with their repeats', async () => {
    const { crowd } = await busy('all:errors');
    world.proxy.standing = SERVER_ERROR;
    const before = world.proxy.seen;
    for (let round = 0; round < 10; round++) await crowd();
    expect(world.proxy.seen - before).toBe(10);
  });
});
