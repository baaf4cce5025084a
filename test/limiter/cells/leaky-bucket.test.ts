import { asked, charge, fixedWindow, leakyBucket } from '../budgets.ts';
import { setup } from '../setup.ts';

describe('leaky bucket', () => {
  test('a place that another subject has made useless is lost, for a container whose clock is behind as well', async () => {
    const bed = setup();
    const queue = asked('client:a', charge(leakyBucket(1, 1000, 5, 5000)));
    const door = asked('address:b', charge(fixedWindow(1, 60_000)));
    const ahead = bed.limiter({ clock: () => bed.now + 2000 });
    const behind = bed.limiter();
    await ahead.decide([queue, door]);
    // The queue is in an epoch that this clock has not reached yet.
    expect(await behind.decide([queue, door])).toMatchObject({ allowed: false });
    const next = await behind.decide([queue]);
    expect(next).toMatchObject({ allowed: true, writes: 1, waitMs: 2000 });
  });
});
