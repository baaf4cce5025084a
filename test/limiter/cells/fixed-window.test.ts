import { FixedWindowCell } from '../../../lambda/limiter/cells/fixed-window.ts';
import { WriteDraft } from '../../../lambda/limiter/write-draft.ts';
import { fixedWindow } from '../budgets.ts';
import { belief } from './states.ts';

describe('FixedWindowCell', () => {
  const cell = new FixedWindowCell(fixedWindow(5, 1000));

  test('an unseen cell is all free', () => {
    expect(cell.look(belief(), 7300, 1)).toEqual({
      epoch: 7,
      at: 7300,
      end: 8000,
      fits: true,
      left: 5,
      retryAt: 7300,
      resetAt: 7300,
    });
  });

  test('what does not fit fits at the start of the next window', () => {
    const state = belief({ newest: 7, counts: { 6: 5, 7: 4 } });
    expect(cell.look(state, 7300, 2)).toMatchObject({ fits: false, left: 1, retryAt: 8000, resetAt: 8000 });
    expect(cell.look(state, 7300, 1)).toMatchObject({ fits: true, left: 1, retryAt: 7300 });
    expect(cell.look(state, 8000, 5)).toMatchObject({ epoch: 8, fits: true, left: 5 });
  });

  test('a clock behind the newest window counts in that one', () => {
    const state = belief({ newest: 8, counts: { 8: 5 } });
    expect(cell.look(state, 7999, 1)).toMatchObject({ epoch: 8, at: 8000, fits: false, retryAt: 9000 });
  });

  test('a cost above the limit never fits: asked again a window later', () => {
    expect(cell.look(belief(), 7300, 6)).toMatchObject({ fits: false, left: 5, retryAt: 8300 });
  });

  test('the write guards the order and the limit, and removes what is over', () => {
    const draft = new WriteDraft();
    const state = belief({ newest: 7, counts: { 3: 1, 7: 2 } });
    cell.charge(state, cell.look(state, 8100, 2), 2, draft);

    expect(draft.conditions).toEqual([
      { kind: 'absent-or-at-most', attribute: 'fix', value: 8 },
      { kind: 'absent-or-at-most', attribute: 'fix.8', value: 3 },
    ]);
    expect(draft.assignments).toEqual([
      { attribute: 'fix', start: 8, add: 0 },
      { attribute: 'fix.8', start: { firstOf: ['fix.8'], otherwise: 0 }, add: 2 },
    ]);
    expect([...draft.removals].sort()).toEqual(['fix.3', 'fix.6', 'fix.7']);
  });
});
