import { SlidingWindowCell } from '../../../lambda/limiter/cells/sliding-window.ts';
import { Limiter } from '../../../lambda/limiter/limiter.ts';
import { WriteDraft } from '../../../lambda/limiter/write-draft.ts';
import { memoryStore } from '../../../lambda/store/memory.ts';
import { asked, charge, slidingWindow } from '../budgets.ts';
import { belief } from './states.ts';

/** Ten epochs of 100 ms. */
const cell = new SlidingWindowCell(slidingWindow(10, 1000, 10, 'win'));

describe('SlidingWindowCell.look', () => {
  test('counts the oldest epoch in full: an epoch is let go eleven epochs after it began', () => {
    const state = belief({ newest: 50, counts: { 50: 10 } });
    expect(cell.look(state, 5050, 1)).toMatchObject({ fits: false, left: 0, retryAt: 6100, resetAt: 6100 });
    expect(cell.look(state, 6099, 1)).toMatchObject({ fits: false, retryAt: 6100 });
    expect(cell.look(state, 6100, 10)).toMatchObject({ fits: true, left: 10, resetAt: 6100 });
  });

  test('retryAt is the first epoch that leaves room for the whole cost, resetAt the last to leave', () => {
    const state = belief({ newest: 55, counts: { 50: 3, 52: 4, 55: 3 } });
    expect(cell.look(state, 5550, 1)).toMatchObject({ retryAt: 6100, resetAt: 6600 });
    expect(cell.look(state, 5550, 4)).toMatchObject({ retryAt: 6300 });
    expect(cell.look(state, 5550, 8)).toMatchObject({ retryAt: 6600 });
  });

  test('an epoch older than the window is not counted, whether or not its attribute is still there', () => {
    expect(cell.look(belief({ newest: 50, counts: { 39: 10, 50: 1 } }), 5050, 1)).toMatchObject({ left: 9 });
  });

  test('a cost above the limit never fits: asked again a window later', () => {
    expect(cell.look(belief(), 5050, 11)).toMatchObject({ fits: false, retryAt: 6050 });
  });
});

describe('SlidingWindowCell.charge', () => {
  const conditionsOf = (state: ReturnType<typeof belief>, time: number, cost: number) => {
    const draft = new WriteDraft();
    cell.charge(state, cell.look(state, time, cost), cost, draft);
    return draft.conditions.slice(1);
  };
  const unknown = (share: number, rest: number) => ({
    kind: 'all',
    of: [
      { kind: 'absent-or-at-most', attribute: 'win*5', value: share },
      { kind: 'absent-or-at-most', attribute: 'win*4', value: rest },
    ],
  });

  const sinceSeen = (seen: number, most: number) => ({
    kind: 'all',
    of: [
      { kind: 'above', attribute: 'win+', value: seen - 1 },
      { kind: 'at-most', attribute: 'win+', value: most },
    ],
  });

  const byCeiling = { kind: 'at-most-other', attribute: 'win+', other: 'win~a' };
  /** The item has a ceiling for this limit, or has counted nothing yet. */
  const begun = {
    kind: 'any',
    of: [
      { kind: 'above', attribute: 'win~a', value: 0 },
      { kind: 'absent', attribute: 'win+' },
    ],
  };

  test('unseen: each of two aligned windows below its share, or for one unit the total below its ceiling', () => {
    expect(conditionsOf(belief(), 5050, 1)).toEqual([{ kind: 'any', of: [unknown(3, 6), byCeiling] }, begun]);
    expect(conditionsOf(belief(), 5950, 1)).toEqual([{ kind: 'any', of: [unknown(6, 3), byCeiling] }, begun]);
    expect(conditionsOf(belief(), 5050, 4)).toEqual([expect.objectContaining({ kind: 'all' }), begun]);
  });

  test('the shares never exceed what is left beside the cost', () => {
    for (let time = 5000; time < 6000; time += 100) {
      for (let cost = 1; cost <= 10; cost++) {
        const [first] = conditionsOf(belief(), time, cost);
        const condition = first?.kind === 'any' ? first.of[0] : first;
        const values = condition?.kind === 'all' ? condition.of.map((one) => ('value' in one ? one.value : 99)) : [99];
        expect(values.reduce((a, b) => a + b)).toBe(10 - cost);
        expect(Math.min(...values)).toBeGreaterThanOrEqual(0);
      }
    }
  });

  test('seen within the window: the total at most what was seen and the room that was left', () => {
    const state = belief({ newest: 50, counts: { 50: 7 }, running: 1007, seenAt: 5010 });
    expect(conditionsOf(state, 5050, 2)).toEqual([sinceSeen(1007, 1008)]);
    expect(conditionsOf(state, 6050, 2)).toEqual([sinceSeen(1007, 1008)]);
  });

  test('seen before the window: any of the bounds', () => {
    const state = belief({ newest: 30, counts: { 30: 7 }, running: 1007, seenAt: 3010 });
    expect(conditionsOf(state, 5050, 1)).toEqual([
      { kind: 'any', of: [sinceSeen(1007, 1016), unknown(3, 6), byCeiling] },
      begun,
    ]);
  });

  test('sets the epoch, the total from its birth on, and the aligned window; removes what left the window', () => {
    const draft = new WriteDraft();
    const state = belief({ newest: 41, counts: { 20: 1, 39: 1, 40: 1 }, running: 900, seenAt: 4000, aligned: [1, 4] });
    cell.charge(state, cell.look(state, 5050, 2), 2, draft);
    expect(draft.assignments).toEqual([
      { attribute: 'win', start: 50, add: 0 },
      { attribute: 'win~a', start: 908, add: 0 },
      { attribute: 'win.1e', start: { firstOf: ['win.1e'], otherwise: 0 }, add: 2 },
      { attribute: 'win+', start: { firstOf: ['win+'], otherwise: 5_050_000 }, add: 2 },
      { attribute: 'win*5', start: { firstOf: ['win*5'], otherwise: 0 }, add: 2 },
    ]);
    expect([...draft.removals].sort()).toEqual(['win*1', 'win*3', 'win.12', 'win.13', 'win.k']);
  });

  test('a limit that was lowered is not admitted by the ceiling of the old one', async () => {
    const store = memoryStore();
    const now = 1.8e12;
    const fresh = () => new Limiter({ store, clock: () => now });
    for (let i = 0; i < 15; i++) await fresh().decide([asked('a', charge(slidingWindow(20, 60_000, 10, 'win')))]);
    const lower = [asked('a', charge(slidingWindow(16, 60_000, 10, 'win')))];
    const answers = [];
    for (let i = 0; i < 4; i++) answers.push((await fresh().decide(lower)).allowed);
    expect(answers).toEqual([true, false, false, false]);
  });
});
