import { asked, charge, fixedWindow, tokenBucket } from './budgets.ts';
import { setup } from './setup.ts';

/** A client's limit and a ceiling for all: two items, two writes. */
describe('several subjects', () => {
  const client = (cost = 1) => asked('client:a', charge(fixedWindow(10, 60_000, 'cli'), { cost }));
  const ceiling = (cost = 1) => asked('all', charge(fixedWindow(2, 1000, 'all'), { cost }));
  const used = (bed: ReturnType<typeof setup>) =>
    bed.memory.items.get('client:a')?.[`cli.${Math.floor(bed.now / 60_000).toString(36)}`];

  test('are written in parallel, one write each', async () => {
    const bed = setup();
    const verdict = await bed.limiter().decide([client(), ceiling()]);
    expect(verdict).toMatchObject({ allowed: true, writes: 2, binding: { name: 'all', remaining: 1 } });
    expect(verdict.limits.map(({ name, subject }) => [name, subject])).toEqual([
      ['cli', 'client:a'],
      ['all', 'all'],
    ]);
  });

  test('if one denies by belief, none is written', async () => {
    const bed = setup();
    const limiter = bed.limiter();
    for (let i = 0; i < 2; i++) await limiter.decide([ceiling()]);
    bed.written.length = 0;
    const verdict = await limiter.decide([client(), ceiling()]);
    expect(verdict).toMatchObject({ allowed: false, writes: 0, binding: { name: 'all' } });
    expect(bed.written).toEqual([]);
  });

  /** The client's write succeeds while another container has already used up the ceiling. */
  async function deniedByCeiling(cost = 1) {
    const bed = setup();
    const limiter = bed.limiter();
    await bed.limiter().decide([ceiling(2)]);
    bed.written.length = 0;
    const verdict = await limiter.decide([client(cost), ceiling()]);
    expect(verdict).toMatchObject({ allowed: false, writes: 2, binding: { name: 'all' } });
    expect(verdict.limits[0]).toMatchObject({ name: 'cli', allowed: true, remaining: 10 - cost });
    bed.written.length = 0;
    return { bed, limiter };
  }

  test('what the others took pays for the next request of the same make', async () => {
    const { bed, limiter } = await deniedByCeiling();
    bed.now += 1000;
    const verdict = await limiter.decide([client(), ceiling()]);
    expect(verdict).toMatchObject({ allowed: true, writes: 1 });
    expect(verdict.limits[0]).toMatchObject({ name: 'cli', remaining: 9 });
    expect(bed.written.map(({ subject }) => subject)).toEqual(['all']);
    expect(used(bed)).toBe(1);
    // Once.
    expect(await limiter.decide([client()])).toMatchObject({ writes: 1, binding: { remaining: 8 } });
  });

  test('it pays for no other cost and no other set of limits', async () => {
    const { bed, limiter } = await deniedByCeiling(2);
    expect(await limiter.decide([client(1)])).toMatchObject({ writes: 1 });
    expect(await limiter.decide([client(3)])).toMatchObject({ writes: 1 });
    const both = asked(
      'client:a',
      charge(fixedWindow(10, 60_000, 'cli'), { cost: 2 }),
      charge(fixedWindow(9, 1000, 'two')),
    );
    expect(await limiter.decide([both])).toMatchObject({ writes: 1 });
    expect(await limiter.decide([client(2)])).toMatchObject({ writes: 0, allowed: true });
    expect(used(bed)).toBe(2 + 1 + 3 + 2);
  });

  test('it is used even where the limit is full, for it was counted', async () => {
    const { bed, limiter } = await deniedByCeiling();
    await bed.limiter().decide([client(9)]);
    bed.now += 1000;
    expect(await bed.limiter().decide([client()])).toMatchObject({ allowed: false });
    expect(limiter.deniedByBelief([client()])).toBeUndefined();
    expect(await limiter.decide([client(), ceiling()])).toMatchObject({ allowed: true });
    expect(await limiter.decide([client(), ceiling()])).toMatchObject({ allowed: false });
    expect(used(bed)).toBe(10);
  });

  test('a credit that met another denial is kept', async () => {
    const { bed, limiter } = await deniedByCeiling();
    bed.now += 1000;
    await bed.limiter().decide([ceiling(2)]);
    expect(await limiter.decide([client(), ceiling()])).toMatchObject({ allowed: false, writes: 1 });
    bed.now += 1000;
    expect(await limiter.decide([client(), ceiling()])).toMatchObject({ allowed: true, writes: 1 });
    expect(used(bed)).toBe(1);
  });

  test('it is gone when the first of its epochs ends', async () => {
    const bed = setup();
    const limiter = bed.limiter();
    const request = [asked('client:a', charge(tokenBucket(60, 60_000, 10, 500))), ceiling()];
    await bed.limiter().decide([ceiling(2)]);
    await limiter.decide(request);
    bed.now += 499;
    expect(await limiter.decide([request[0]!])).toMatchObject({ writes: 0 });

    bed.now += 1001;
    await bed.limiter().decide([ceiling(2)]);
    await limiter.decide(request);
    bed.now += 500;
    expect(await limiter.decide([request[0]!])).toMatchObject({ writes: 1 });
  });
});
