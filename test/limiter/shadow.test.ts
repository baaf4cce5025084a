import { asked, charge, fixedWindow, slidingWindow } from './budgets.ts';
import { setup } from './setup.ts';

describe('shadow limits', () => {
  const shadow = charge(slidingWindow(2, 60_000, 10, 'shd'), { mode: 'shadow' });
  const enforced = charge(slidingWindow(4, 60_000, 10, 'enf'));

  test('are counted and never deny: without room they are reported and left out of the write', async () => {
    const bed = setup();
    const limiter = bed.limiter();
    const request = [asked('client:a', enforced, shadow)];
    const verdicts = [];
    for (let i = 0; i < 5; i++) verdicts.push(await limiter.decide(request));

    expect(verdicts.map(({ allowed }) => allowed)).toEqual([true, true, true, true, false]);
    expect(verdicts.map(({ limits }) => limits[1]!.allowed)).toEqual([true, true, false, false, false]);
    expect(verdicts.map(({ limits }) => limits[1]!.remaining)).toEqual([1, 0, 0, 0, 0]);
    expect(verdicts[2]!.limits[1]).toMatchObject({ mode: 'shadow', retryAt: bed.now + 66_000 });
    expect(verdicts.map(({ binding }) => binding?.name)).toEqual(['enf', 'enf', 'enf', 'enf', 'enf']);
    expect(verdicts.map(({ writes }) => writes)).toEqual([1, 1, 1, 1, 0]);
    expect(bed.written[2]!.write.assignments.some(({ attribute }) => attribute.startsWith('shd'))).toBe(false);
  });

  test('a container that believes in room is told the truth and leaves it out of the next try', async () => {
    const bed = setup();
    const [a, b] = [bed.limiter(), bed.limiter()];
    const request = [asked('client:a', enforced, shadow)];
    await a.decide(request);
    await b.decide(request);
    const verdict = await a.decide(request);
    expect(verdict).toMatchObject({ allowed: true, writes: 2 });
    expect(verdict.limits).toMatchObject([
      { name: 'enf', remaining: 1, allowed: true },
      { name: 'shd', remaining: 0, allowed: false },
    ]);
  });

  test('alone and without room, nothing is written', async () => {
    const bed = setup();
    const limiter = bed.limiter();
    const request = [asked('client:a', shadow)];
    await limiter.decide(request);
    await limiter.decide(request);
    const verdict = await limiter.decide(request);
    expect(verdict).toMatchObject({ allowed: true, writes: 0, limits: [{ allowed: false }] });
    expect(verdict.binding).toBeUndefined();
    expect(verdict.retryAt).toBeUndefined();
  });

  test('a request that an enforced limit denies is not counted in shadow either', async () => {
    const bed = setup();
    const request = [
      asked(
        'client:a',
        charge(fixedWindow(1, 60_000, 'one')),
        charge(slidingWindow(9, 60_000, 10, 'shd'), { mode: 'shadow' }),
      ),
    ];
    await bed.limiter().decide(request);
    const denied = await bed.limiter().decide(request);
    expect(denied).toMatchObject({ allowed: false, limits: [{ allowed: false }, { allowed: true, remaining: 8 }] });
  });

  test('a cost above a shadow limit passes', async () => {
    const bed = setup();
    const verdict = await bed.limiter().decide([asked('client:a', { ...shadow, cost: 3 })]);
    expect(verdict).toMatchObject({ allowed: true, writes: 0, limits: [{ allowed: false }] });
    expect(bed.limiter().deniedByBelief([asked('client:a', { ...shadow, cost: 3 })])).toBeUndefined();
  });
});
