import { cellsOf, EXPIRY_ATTRIBUTE, FORMAT_ATTRIBUTE, itemBytes } from '../../lambda/limiter/item-layout.ts';
import { COUNTERS } from '../../lambda/store/registry-keys.ts';
import { asked, charge, fixedWindow, slidingWindow, tokenBucket } from './budgets.ts';
import { setup } from './setup.ts';

const DAY = 86_400_000;

describe('the item', () => {
  test("names its expiry as the table's TTL attribute", () => {
    expect(EXPIRY_ATTRIBUTE).toBe(COUNTERS.ttl);
  });

  test('is taken apart into its cells', () => {
    const cells = cellsOf({
      v: 1,
      exp: 99,
      abc: 70,
      'abc.1y': 3,
      'abc.1x': 2,
      'abc+': 500,
      'abc*7': 5,
      xyz: 8,
      'xyz.8': 1,
    });
    expect(cells).toEqual(
      new Map([
        [
          'abc',
          {
            newest: 70,
            running: 500,
            counts: new Map([
              [70, 3],
              [69, 2],
            ]),
            aligned: [7],
          },
        ],
        ['xyz', { newest: 8, running: undefined, counts: new Map([[8, 1]]), aligned: [] }],
      ]),
    );
  });

  test('is measured as DynamoDB bills it', () => {
    // pk + 8, then name and number: 1 + 2, 3 + 6, 5 + 3
    expect(itemBytes('client:a', { v: 1, abc: 300_000_000, 'abc.1': 1000 })).toBe(10 + 3 + 9 + 8);
  });
});

describe('expiry', () => {
  test('covers the cells of the request, in whole days', async () => {
    const bed = setup();
    await bed.limiter().decide([asked('client:a', charge(slidingWindow(5, 60_000)))]);
    expect(bed.memory.items.get('client:a')?.[EXPIRY_ATTRIBUTE]).toBe((Math.ceil(bed.now / DAY) * DAY) / 1000);
  });

  test('never goes back: a request of a short limit does not let a long one be deleted', async () => {
    const bed = setup();
    const month = [asked('client:a', charge(fixedWindow(5, 30 * DAY, 'mon')))];
    const minute = [asked('client:a', charge(slidingWindow(5, 60_000)))];
    await bed.limiter().decide(month);
    const expiry = bed.memory.items.get('client:a')?.[EXPIRY_ATTRIBUTE];
    expect(expiry).toBe((Math.ceil((bed.now + 60 * DAY) / DAY) * DAY) / 1000);

    const other = bed.limiter();
    expect(await other.decide(minute)).toMatchObject({ allowed: true, writes: 2 });
    expect(bed.memory.items.get('client:a')?.[EXPIRY_ATTRIBUTE]).toBe(expiry);
    expect(await other.decide(minute)).toMatchObject({ allowed: true, writes: 1 });
  });

  test('a container that has met the longest limit keeps every item as long, so that it never has to be told', async () => {
    const bed = setup();
    const limiter = bed.limiter();
    await limiter.decide([asked('client:a', charge(fixedWindow(5, 30 * DAY, 'mon')))]);
    await bed.limiter().decide([asked('client:b', charge(fixedWindow(5, 30 * DAY, 'mon')))]);
    const verdict = await limiter.decide([asked('client:b', charge(slidingWindow(5, 60_000)))]);
    expect(verdict).toMatchObject({ allowed: true, writes: 1 });
  });

  test('an item that was deleted is begun anew, by those who remember it too', async () => {
    const bed = setup();
    const limiter = bed.limiter();
    const request = [asked('client:a', charge(slidingWindow(5, 60_000)), charge(tokenBucket(60, 60_000, 5, 1000)))];
    for (let i = 0; i < 2; i++) await limiter.decide(request);
    bed.memory.items.delete('client:a');
    expect(await limiter.decide(request)).toMatchObject({
      allowed: true,
      limits: [{ remaining: 4 }, { remaining: 4 }],
    });
  });
});

describe('format', () => {
  test('an item of a newer format is not written, and not remembered as the truth', async () => {
    const bed = setup();
    const limiter = bed.limiter();
    const request = [asked('client:a', charge(fixedWindow(5, 1000)))];
    bed.memory.items.set('client:a', { [FORMAT_ATTRIBUTE]: 2, fix: 99 });
    const errors: string[] = [];
    const told = bed.limiter({ onStoreError: ({ code }) => errors.push(code) });
    expect(await told.decide(request)).toMatchObject({ allowed: true, failure: 'unavailable', writes: 1 });
    expect(errors).toEqual(['HG307']);
    expect(bed.memory.items.get('client:a')).toEqual({ [FORMAT_ATTRIBUTE]: 2, fix: 99 });
    bed.memory.items.delete('client:a');
    expect((await limiter.decide(request)).failure).toBeUndefined();
    expect((await told.decide(request)).failure).toBeUndefined();
  });
});

describe('size', () => {
  test('a subject that only ever meets containers that have not seen it is swept before it outgrows one write unit', async () => {
    const bed = setup();
    const budgets = [
      slidingWindow(9, 60_000, 10, 'aaa'),
      fixedWindow(9, 60_000, 'bbb'),
      tokenBucket(9, 60_000, 9, 5000),
    ];
    const request = [asked('client:a', ...budgets.map((budget) => charge(budget)))];
    let writes = 0;
    let largest = 0;
    for (let visit = 0; visit < 200; visit++) {
      bed.now += 400_000;
      const verdict = await bed.limiter().decide(request);
      expect(verdict).toMatchObject({ allowed: true, limits: [{ remaining: 8 }, { remaining: 8 }, { remaining: 8 }] });
      writes += verdict.writes;
      largest = Math.max(largest, itemBytes('client:a', bed.memory.items.get('client:a')!));
    }
    expect(largest).toBeLessThan(1024);
    expect(writes).toBeGreaterThan(200);
    expect(writes).toBeLessThan(225);
  });

  test('a container that has seen it leaves nothing behind', async () => {
    const bed = setup();
    const limiter = bed.limiter();
    const request = [asked('client:a', charge(slidingWindow(9, 60_000)), charge(tokenBucket(9, 60_000, 9, 5000)))];
    for (let visit = 0; visit < 50; visit++) {
      bed.now += 400_000;
      expect(await limiter.decide(request)).toMatchObject({ allowed: true, writes: 1 });
    }
    // Format, expiry; newest, total, ceiling, epoch and aligned window; newest, latest and epoch.
    expect(Object.keys(bed.memory.items.get('client:a')!)).toHaveLength(2 + 5 + 3);
  });
});
