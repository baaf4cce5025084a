import { StoreError } from '../../lambda/limiter/store-error.ts';
import { asked, charge, fixedWindow, slidingWindow, tokenBucket } from './budgets.ts';
import { setup } from './setup.ts';

describe('a store that cannot be asked', () => {
  const broken = () => {
    const bed = setup();
    bed.before = () => {
      throw new StoreError('HG303', 'unavailable', 'down', { sent: 2 });
    };
    return bed;
  };

  test('allows by default, says why, and reports what is believed', async () => {
    const bed = broken();
    const errors: StoreError[] = [];
    const limiter = bed.limiter({ onStoreError: (error) => errors.push(error) });
    const verdict = await limiter.decide([asked('client:a', charge(fixedWindow(5, 1000)))]);
    expect(verdict).toMatchObject({ allowed: true, failure: 'unavailable', writes: 2 });
    expect(verdict.binding).toMatchObject({ name: 'fix', remaining: 5, allowed: true });
    expect(verdict.retryAt).toBeUndefined();
    expect(errors.map(({ code }) => code)).toEqual(['HG303']);
  });

  test('denies for a second where any enforced limit of the subject says so', async () => {
    const bed = broken();
    const request = [
      asked(
        'client:a',
        charge(fixedWindow(5, 1000, 'one')),
        charge(fixedWindow(5, 1000, 'two'), { onStoreFailure: 'deny' }),
      ),
    ];
    const verdict = await bed.limiter().decide(request);
    expect(verdict).toMatchObject({ allowed: false, failure: 'unavailable', retryAt: bed.now + 1000 });
    expect(verdict.limits).toMatchObject([{ allowed: true }, { allowed: false, retryAt: bed.now + 1000 }]);
    expect(verdict.binding?.name).toBe('two');
    expect(bed.limiter().deniedByBelief(request)).toBeUndefined();
  });

  test('a shadow limit that would deny on failure does not', async () => {
    const shadow = charge(fixedWindow(5, 1000), { mode: 'shadow', onStoreFailure: 'deny' });
    expect(
      await broken()
        .limiter()
        .decide([asked('client:a', shadow)]),
    ).toMatchObject({ allowed: true });
  });

  test('what is known to be denied stays denied', async () => {
    const bed = setup();
    const limiter = bed.limiter();
    const request = [asked('client:a', charge(fixedWindow(1, 1000)))];
    await limiter.decide(request);
    bed.before = broken().before;
    const verdict = await limiter.decide(request);
    expect(verdict).toMatchObject({ allowed: false, retryAt: bed.now + 1000, writes: 0 });
    expect(verdict.failure).toBeUndefined();
  });

  test('one of two subjects: the other is decided all the same, and credited if the first denies', async () => {
    const bed = setup();
    bed.before = (subject) => {
      if (subject === 'all') throw new StoreError('HG302', 'throttled', 'busy');
    };
    const limiter = bed.limiter();
    const client = asked('client:a', charge(fixedWindow(5, 60_000)));
    const open = asked('all', charge(fixedWindow(5, 1000, 'all')));
    expect(await limiter.decide([client, open])).toMatchObject({ allowed: true, failure: 'throttled', writes: 2 });

    const shut = asked('all', charge(fixedWindow(5, 1000, 'all'), { onStoreFailure: 'deny' }));
    expect(await limiter.decide([client, shut])).toMatchObject({ allowed: false, failure: 'throttled' });
    expect(await limiter.decide([client])).toMatchObject({ allowed: true, writes: 0 });
  });

  test('an error that is no failure of the store is thrown', async () => {
    const bed = setup();
    bed.before = () => {
      throw new TypeError('a mistake');
    };
    await expect(bed.limiter().decide([asked('client:a', charge(fixedWindow(5, 1000)))])).rejects.toThrow(TypeError);
  });
});

describe('clocks', () => {
  test('a clock that is a little behind counts in the newest epoch', async () => {
    const bed = setup();
    const behind = bed.limiter({ clock: () => bed.now - 9000 });
    const request = [asked('client:a', charge(fixedWindow(2, 1000)))];
    await bed.limiter().decide(request);
    expect(await behind.decide(request)).toMatchObject({ allowed: true, binding: { remaining: 0 } });
    expect(await behind.decide(request)).toMatchObject({ allowed: false, retryAt: bed.now + 1000 });
  });

  test('an item more than ten seconds ahead is a failure, and none once it is caught up', async () => {
    const bed = setup();
    const behind = bed.limiter({ clock: () => bed.now - 11_000 });
    const request = [asked('client:a', charge(slidingWindow(5, 1000)))];
    await bed.limiter().decide(request);
    expect(await behind.decide(request)).toMatchObject({ allowed: true, failure: 'clock', writes: 1 });
    expect(await behind.decide(request)).toMatchObject({ allowed: true, failure: 'clock', writes: 0 });
    bed.now += 1000;
    const after = await behind.decide(request);
    expect(after).toMatchObject({ allowed: true, writes: 1 });
    expect(after.failure).toBeUndefined();
  });

  test('a shadow cell that is ahead is left out', async () => {
    const bed = setup();
    const behind = bed.limiter({ clock: () => bed.now - 11_000 });
    const shadow = charge(fixedWindow(5, 1000), { mode: 'shadow' });
    await bed.limiter().decide([asked('client:a', shadow)]);
    const verdict = await behind.decide([asked('client:a', shadow, charge(fixedWindow(5, 60_000, 'min')))]);
    expect(verdict).toMatchObject({ allowed: true, writes: 2, binding: { name: 'min', remaining: 4 } });
    expect(verdict.failure).toBeUndefined();
  });

  test('a fraction of a millisecond does not reach the counters', async () => {
    const bed = setup();
    bed.now += 0.7;
    await bed
      .limiter()
      .decide([asked('client:a', charge(slidingWindow(5, 1000)), charge(tokenBucket(5, 1000, 5, 200)))]);
    expect(Object.values(bed.memory.items.get('client:a')!).every(Number.isSafeInteger)).toBe(true);
  });
});

describe('contention', () => {
  test('an item that changes under every try ends in a denial, not in a loop and not in a pass', async () => {
    const bed = setup();
    const limiter = bed.limiter();
    const request = [asked('client:a', charge(slidingWindow(1000, 60_000), { cost: 10 }))];
    let meddling = false;
    bed.before = async (subject) => {
      if (meddling) return;
      meddling = true;
      // Somebody deletes the item and fills it again between each look and the write that rests on it.
      bed.memory.items.delete(subject);
      bed.now += 1;
      await bed.limiter().decide([asked(subject, charge(slidingWindow(1000, 60_000), { cost: 600 }))]);
      meddling = false;
    };
    const verdict = await limiter.decide(request);
    expect(verdict).toMatchObject({ allowed: false, failure: 'contention', writes: 8 });
    expect(verdict.limits[0]!.retryAt).toBeGreaterThan(bed.now);
  });
});
