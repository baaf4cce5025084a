import { Belief } from '../../lambda/limiter/belief.ts';
import { cellOf } from '../../lambda/limiter/cells/cell-of.ts';
import { fixedWindow, slidingWindow } from './budgets.ts';

const sliding = cellOf(slidingWindow(10, 1000, 10, 'win'));
const fixed = cellOf(fixedWindow(10, 1000, 'fix'));
const cells = [sliding, fixed];
const answer = (item: Record<string, number> | undefined, sentVersion: number, applied = true) => ({
  item,
  sentVersion,
  applied,
  sentAt: 1000,
  took: new Map<string, number>(),
});

describe('Belief', () => {
  test('knows nothing at first', () => {
    const belief = new Belief();
    expect(belief.of(sliding)).toMatchObject({ newest: Number.NEGATIVE_INFINITY, running: undefined });
    expect([belief.expiry, belief.format, belief.readable]).toEqual([0, 0, true]);
  });

  test('takes over the cells of an answer, those of other limits of the subject too', () => {
    const belief = new Belief();
    belief.learn(answer({ v: 1, exp: 99, win: 10, 'win.a': 3, 'win+': 503, fix: 1, 'fix.1': 4 }, 0), [sliding]);
    expect(belief.of(sliding)).toMatchObject({ newest: 10, running: 503, seenAt: 1000 });
    expect(belief.of(fixed).counts).toEqual(new Map([[1, 4]]));
    expect([belief.expiry, belief.format]).toEqual([99, 1]);
  });

  test('an answer that was overtaken does not put it back', () => {
    const belief = new Belief();
    const sentVersion = belief.version;
    belief.learn(answer({ win: 10, 'win.a': 5, 'win+': 505, fix: 1, 'fix.1': 5, exp: 99 }, sentVersion), cells);
    belief.learn(answer({ win: 10, 'win.a': 4, 'win+': 504, fix: 1, 'fix.1': 4, exp: 50 }, sentVersion), cells);
    expect(belief.of(sliding).running).toBe(505);
    expect(belief.of(fixed).counts.get(1)).toBe(5);
    expect(belief.expiry).toBe(99);
  });

  test('an answer to what was sent after the last one is newer, even if it says less: the item was deleted', () => {
    const belief = new Belief();
    belief.learn(answer({ fix: 1, 'fix.1': 5, win: 10, 'win+': 505 }, belief.version), cells);
    belief.learn(answer({ fix: 1, 'fix.1': 1 }, belief.version), cells);
    expect(belief.of(fixed).counts.get(1)).toBe(1);
    expect(belief.of(sliding).running).toBeUndefined();
  });

  test('after a failed condition any truth is taken over, an overtaken one and none at all', () => {
    const belief = new Belief();
    const sentVersion = belief.version;
    belief.learn(answer({ fix: 2, 'fix.2': 5 }, sentVersion), cells);
    belief.learn(answer({ fix: 1, 'fix.1': 4 }, sentVersion, false), cells);
    expect(belief.of(fixed)).toMatchObject({ newest: 1, counts: new Map([[1, 4]]) });
    belief.learn(answer(undefined, sentVersion, false), cells);
    expect(belief.of(fixed).newest).toBe(Number.NEGATIVE_INFINITY);
  });
});
