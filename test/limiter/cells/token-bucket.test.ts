import { TokenBucketCell } from '../../../lambda/limiter/cells/token-bucket.ts';
import { WriteDraft } from '../../../lambda/limiter/write-draft.ts';
import { tokenBucket } from '../budgets.ts';
import { belief } from './states.ts';

/** 10 tokens a second, 5 fit, refilled every 200 ms; a token is 100,000 microseconds. */
const cell = new TokenBucketCell(tokenBucket(10, 1000, 5, 200));
const TOKEN = 100_000;
/** Start of epoch 25, in microseconds. */
const FLOOR = 5_000_000;

describe('TokenBucketCell.look', () => {
  test('an unseen bucket is full, and so is one whose virtual time has passed', () => {
    expect(cell.look(belief(), 5050, 5)).toMatchObject({
      epoch: 25,
      fits: true,
      left: 5,
      retryAt: 5050,
      resetAt: 5050,
    });
    expect(cell.look(belief({ newest: 20, running: 4_900_000 }), 5050, 5)).toMatchObject({ fits: true, left: 5 });
  });

  test('tokens come back at the starts of epochs', () => {
    const empty = belief({ newest: 25, running: FLOOR + 5 * TOKEN });
    expect(cell.look(empty, 5199, 1)).toMatchObject({ fits: false, left: 0, retryAt: 5200, resetAt: 5600 });
    expect(cell.look(empty, 5200, 1)).toMatchObject({ fits: true, left: 2 });
    expect(cell.look(empty, 5199, 3)).toMatchObject({ fits: false, retryAt: 5400 });
    expect(cell.look(empty, 5599, 5)).toMatchObject({ fits: false, left: 4, retryAt: 5600 });
    expect(cell.look(empty, 5600, 5)).toMatchObject({ fits: true, left: 5, resetAt: 5600 });
  });

  test('a cost above the burst never fits: asked again a window later', () => {
    expect(cell.look(belief(), 5050, 6)).toMatchObject({ fits: false, left: 5, retryAt: 6050 });
  });

  test('a token that is no whole number of microseconds is rounded up', () => {
    const uneven = new TokenBucketCell(tokenBucket(7, 10_000, 7, 2000));
    const state = belief({ newest: 0, running: 1_428_572 });
    expect(uneven.look(state, 0, 6)).toMatchObject({ fits: true, left: 6 });
    expect(uneven.look({ ...state, running: 1_428_573 }, 0, 6)).toMatchObject({ fits: false, left: 5 });
  });
});

describe('TokenBucketCell.charge', () => {
  const draftOf = (state: ReturnType<typeof belief>, cost = 1) => {
    const draft = new WriteDraft();
    cell.charge(state, cell.look(state, 5050, cost), cost, draft);
    return draft;
  };
  const most = { kind: 'at-most', attribute: 'bkt.p', value: FLOOR + 4 * TOKEN } as const;
  const absent = { kind: 'absent', attribute: 'bkt.p' } as const;

  test('in an epoch that it knows to be open it only asks for room', () => {
    const draft = draftOf(belief({ newest: 25, running: FLOOR + TOKEN, seenAt: 5010, counts: { 25: FLOOR + TOKEN } }));
    expect(draft.conditions.slice(1)).toEqual([most]);
    expect(draft.removals).toEqual([]);
  });

  test('opening a full bucket starts at the floor, if the latest virtual time is not above it', () => {
    const draft = draftOf(belief());
    const full = { kind: 'absent-or-at-most', attribute: 'bkt+', value: FLOOR } as const;
    expect(draft.conditions.slice(1)).toEqual([{ kind: 'any', of: [most, { kind: 'all', of: [absent, full] }] }]);
    const start = { firstOf: ['bkt.p'], otherwise: FLOOR };
    expect(draft.assignments.slice(1)).toEqual([
      { attribute: 'bkt.p', start, add: TOKEN },
      { attribute: 'bkt+', start, add: TOKEN },
    ]);
    expect([...draft.removals].sort()).toEqual(['bkt.n', 'bkt.o']);
  });

  test('opening one that is not full carries the latest virtual time over, if it leaves room', () => {
    const draft = draftOf(belief({ newest: 23, running: FLOOR + 2 * TOKEN, seenAt: 4700, counts: { 23: FLOOR } }));
    const above = { kind: 'above', attribute: 'bkt+', value: FLOOR } as const;
    const room = { kind: 'at-most', attribute: 'bkt+', value: FLOOR + 4 * TOKEN } as const;
    expect(draft.conditions.slice(1)).toEqual([
      { kind: 'any', of: [most, { kind: 'all', of: [absent, above, room] }] },
    ]);
    const start = { firstOf: ['bkt.p', 'bkt+'], otherwise: FLOOR };
    expect(draft.assignments.slice(1)).toEqual([
      { attribute: 'bkt.p', start, add: TOKEN },
      { attribute: 'bkt+', start, add: TOKEN },
    ]);
  });

  test('guesses that others go on as they did: a bucket that was just full is carried over where they use much', () => {
    const justFull = { newest: 24, running: FLOOR, seenAt: 4900 };
    expect(draftOf(belief(justFull)).assignments[1]?.start).toMatchObject({ firstOf: ['bkt.p'] });
    const busy = belief({ ...justFull, othersRate: 900 });
    expect(draftOf(busy).assignments[1]?.start).toMatchObject({ firstOf: ['bkt.p', 'bkt+'] });
  });

  test('what others take is what was not taken here', () => {
    const before = belief({ newest: 25, running: FLOOR, seenAt: 5000 });
    const after = belief({ newest: 25, running: FLOOR + 3 * TOKEN });
    expect(cell.observe(before, after, 5100, 3)).toBe(0);
    // Two tokens in 100 ms are 2,000 us a ms, of which a third counts after half an epoch.
    expect(cell.observe(before, after, 5100, 1)).toBeCloseTo(2000 / 3, 6);
    expect(cell.observe(belief(), after, 5100, 1)).toBe(0);
  });
});
