import { asked, charge, fixedWindow, slidingWindow, tokenBucket } from './budgets.ts';
import { setup } from './setup.ts';

describe('one subject', () => {
  test('without limits everything passes and nothing is written', async () => {
    const { limiter, written } = setup();
    expect(await limiter().decide([])).toEqual({ allowed: true, limits: [], writes: 0 });
    expect(await limiter().decide([asked('client:a')])).toEqual({ allowed: true, limits: [], writes: 0 });
    expect(written).toEqual([]);
  });

  test('an allowed request says what is left, when all is free again, and which limit binds', async () => {
    const bed = setup();
    const verdict = await bed
      .limiter()
      .decide([asked('client:a', charge(slidingWindow(10, 60_000)), charge(tokenBucket(60, 60_000, 5, 1000)))]);

    expect(verdict).toEqual({
      allowed: true,
      writes: 1,
      limits: [
        {
          name: 'saw',
          subject: 'client:a',
          mode: 'enforce',
          limit: 10,
          windowMs: 60_000,
          remaining: 9,
          resetAt: bed.now + 66_000,
          allowed: true,
        },
        {
          name: 'bkt',
          subject: 'client:a',
          mode: 'enforce',
          limit: 5,
          windowMs: 60_000,
          fillMs: 5000,
          remaining: 4,
          resetAt: bed.now + 1000,
          allowed: true,
        },
      ],
      binding: expect.objectContaining({ name: 'bkt', remaining: 4 }),
    });
  });

  test('of limits with room the one with the fewest units left binds, however large its share is', async () => {
    const bed = setup();
    const limiter = bed.limiter();
    const large = fixedWindow(100, 1000, 'aaa');
    for (let i = 0; i < 20; i++) await limiter.decide([asked('client:a', charge(large))]);

    const verdict = await limiter.decide([asked('client:a', charge(large), charge(fixedWindow(10, 1000, 'bbb')))]);

    expect(verdict.limits.map(({ remaining }) => remaining)).toEqual([79, 9]);
    expect(verdict.binding?.name).toBe('bbb');
  });

  test('all of its limits change in one write, or none of them', async () => {
    const bed = setup();
    const limiter = bed.limiter();
    const request = [asked('client:a', charge(fixedWindow(5, 1000, 'aaa')), charge(fixedWindow(1, 1000, 'bbb')))];
    await limiter.decide(request);
    const item = bed.memory.items.get('client:a');
    const epoch = (bed.now / 1000).toString(36);
    expect(item).toMatchObject({ [`aaa.${epoch}`]: 1, [`bbb.${epoch}`]: 1 });

    // A container that has never seen the subject has to ask, and is refused by the second limit.
    const denied = await bed.limiter().decide(request);
    expect(denied).toMatchObject({ allowed: false, writes: 1, retryAt: bed.now + 1000 });
    expect(denied.binding).toMatchObject({ name: 'bbb', remaining: 0, allowed: false });
    expect(denied.limits[0]).toMatchObject({ name: 'aaa', remaining: 4, allowed: true });
    expect(bed.memory.items.get('client:a')).toEqual(item);
  });

  test('of the limits that deny, the last to free up binds', async () => {
    const bed = setup();
    const limiter = bed.limiter();
    const request = [
      asked('client:a', charge(fixedWindow(1, 1000, 'aaa')), charge(fixedWindow(1, 60_000, 'bbb'))),
      asked('all', charge(fixedWindow(1, 1000, 'ccc'))),
    ];
    await limiter.decide(request);
    const denied = await limiter.decide(request);
    expect(denied).toMatchObject({ allowed: false, writes: 0, retryAt: bed.now + 60_000, binding: { name: 'bbb' } });
    expect(denied.limits.map(({ name, allowed }) => [name, allowed])).toEqual([
      ['aaa', false],
      ['bbb', false],
      ['ccc', false],
    ]);
  });

  test('a denial is answered from memory until the very millisecond at which the answer could change', async () => {
    const bed = setup();
    const limiter = bed.limiter();
    const request = [asked('client:a', charge(tokenBucket(10, 1000, 1, 100)))];
    await limiter.decide(request);
    const { retryAt } = await limiter.decide(request);
    expect(retryAt).toBe(bed.now + 100);
    bed.now = retryAt! - 1;
    expect(await limiter.decide(request)).toMatchObject({ allowed: false, writes: 0 });
    bed.now = retryAt!;
    expect(await limiter.decide(request)).toMatchObject({ allowed: true, writes: 1 });
  });

  test('what another container used is learnt from the failed condition', async () => {
    const bed = setup();
    const [a, b] = [bed.limiter(), bed.limiter()];
    const request = [asked('client:a', charge(slidingWindow(4, 60_000)))];
    await a.decide(request);
    for (let i = 0; i < 3; i++) await b.decide(request);
    expect(await a.decide(request)).toMatchObject({ allowed: false, writes: 1 });
    expect(await a.decide(request)).toMatchObject({ allowed: false, writes: 0 });
  });

  test('a cost above the limit is denied without asking, and again a window later', async () => {
    const bed = setup();
    const verdict = await bed.limiter().decide([asked('client:a', charge(slidingWindow(4, 60_000), { cost: 5 }))]);
    expect(verdict).toMatchObject({ allowed: false, writes: 0, retryAt: bed.now + 60_000 });
    expect(bed.written).toEqual([]);
  });

  test.each([0, -1, 1.5, Number.NaN])('a cost of %d is refused', async (cost) => {
    const request = [asked('client:a', charge(fixedWindow(4, 1000), { name: 'mine', cost }))];
    await expect(setup().limiter().decide(request)).rejects.toMatchObject({ code: 'HG309' });
  });

  test('twenty requests at once in one container are told 19 to 0', async () => {
    const bed = setup();
    const limiter = bed.limiter();
    const request = [asked('client:a', charge(slidingWindow(20, 60_000)))];
    const verdicts = await Promise.all(Array.from({ length: 20 }, () => limiter.decide(request)));
    const remaining = verdicts.map((verdict) => verdict.binding!.remaining).sort((a, b) => b - a);
    expect(remaining).toEqual(Array.from({ length: 20 }, (_, i) => 19 - i));
  });

  test('another tier of the same limit keeps what was used', async () => {
    const bed = setup();
    const limiter = bed.limiter();
    await limiter.decide([asked('client:a', charge(fixedWindow(10, 1000), { cost: 8 }))]);
    expect(await limiter.decide([asked('client:a', charge(fixedWindow(5, 1000)))])).toMatchObject({ allowed: false });
    const more = await limiter.decide([asked('client:a', charge(fixedWindow(20, 1000)))]);
    expect(more).toMatchObject({ allowed: true, binding: { remaining: 11 } });
  });
});

describe('memory', () => {
  test('a forgotten subject costs a write and no exactness', async () => {
    const bed = setup();
    const limiter = bed.limiter({ maxSubjects: 2 });
    const request = (subject: string) => [asked(subject, charge(fixedWindow(1, 60_000)))];
    await limiter.decide(request('a'));
    expect(await limiter.decide(request('a'))).toMatchObject({ allowed: false, writes: 0 });
    await limiter.decide(request('b'));
    await limiter.decide(request('c'));
    expect(await limiter.decide(request('a'))).toMatchObject({ allowed: false, writes: 1 });
  });

  test('deniedByBelief answers without asking or counting, and only where it is certain', async () => {
    const bed = setup();
    const limiter = bed.limiter();
    const request = [asked('address:192.0.2.1', charge(fixedWindow(1, 1000)))];
    expect(limiter.deniedByBelief(request)).toBeUndefined();
    await limiter.decide(request);
    const denied = limiter.deniedByBelief(request);
    expect(denied).toMatchObject({ allowed: false, writes: 0, retryAt: bed.now + 1000, binding: { name: 'fix' } });
    expect(bed.limiter().deniedByBelief(request)).toBeUndefined();
    bed.now += 1000;
    expect(limiter.deniedByBelief(request)).toBeUndefined();
    expect(bed.written).toHaveLength(1);
  });
});
