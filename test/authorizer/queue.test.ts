import { createWorld, httpEvent, policyOf, restEvent } from './world.ts';

const policy = (mode: string) =>
  policyOf(
    `limits: { calm: { per: address, rate: 2/second, algorithm: leaky-bucket, queue: 3, maxDelay: 1s, mode: ${mode} } }`,
  );

describe('a leaky bucket at the gate', () => {
  test.each([
    ['REST', restEvent()],
    ['HTTP', httpEvent()],
  ])('%s API: a request waits for its turn, and is denied where its turn comes too late', async (_, event) => {
    const world = createWorld(policy('enforce'));
    const start = world.now;
    // All at one instant: the clock is put back after each wait.
    const verdicts: (string | undefined)[] = [];
    for (let i = 0; i < 5; i++) {
      const answer = await world.call(event);
      verdicts.push(answer.context.verdict, answer.context.retryAfter);
      world.now = start;
    }

    expect(verdicts).toEqual([
      ...['allowed', undefined, 'allowed', undefined, 'allowed', undefined],
      // Its turn is in 1.5 s and it may wait for 1 s.
      ...['limited', '1', 'limited', '1'],
    ]);
    expect(world.slept).toEqual([500, 1000]);
    expect(world.waited).toEqual([0, 500, 1000, 0, 0]);
    expect(world.metrics).toEqual([
      ['Allowed'],
      ['Allowed', 'Delayed'],
      ['Allowed', 'Delayed'],
      ['Limited'],
      ['Limited'],
    ]);
    expect(world.faults).toEqual([]);

    world.now = start + 500;
    expect((await world.call(event)).context).toMatchObject({ verdict: 'allowed', limit: '3', remaining: '0' });
    expect(world.slept.at(-1)).toBe(1000);
  });

  test('in shadow mode nobody waits', async () => {
    const world = createWorld(policy('shadow'));
    for (let i = 0; i < 5; i++) await world.call(restEvent());
    expect(world.slept).toEqual([]);
    expect(world.metrics.at(-1)).toEqual(['Allowed', 'ShadowLimited']);
  });

  test('nobody waits for a request that another limit denies', async () => {
    const world = createWorld(
      policyOf(`limits:
  calm: { per: all, rate: 2/second, algorithm: leaky-bucket, queue: 3 }
  few: { per: address, rate: 1/minute }`),
    );
    await world.call(restEvent());
    const denied = await world.call(restEvent());
    expect(denied.context).toMatchObject({ verdict: 'limited', limitName: 'few' });
    expect(world.slept).toEqual([]);
  });
});
