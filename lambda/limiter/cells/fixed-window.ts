import type { Budget } from '../../policy/policy.ts';
import { type CellState, epochAttribute } from '../item-layout.ts';
import { absentOrAtMost, type WriteDraft } from '../write-draft.ts';
import { type Cell, type CellBelief, type Look, neverFits } from './cell.ts';
import { type Periods, periodsOf } from './periods.ts';

/**
 * Fixed window: at most `limit` units in each window. One epoch is one window: a multiple of `windowMs`, or a period of
 * the calendar.
 *
 * Around the border of two windows twice the limit can pass in less than one window's length.
 */
export class FixedWindowCell implements Cell {
  readonly id: string;
  readonly limit: number;
  readonly epochMs: number;
  readonly keepMs: number;
  readonly #periods: Periods;

  constructor(budget: Budget) {
    this.id = budget.cellId;
    this.limit = budget.limit;
    this.epochMs = budget.windowMs;
    this.keepMs = 2 * budget.windowMs;
    this.#periods = periodsOf(budget);
  }

  look(state: CellState, time: number, cost: number): Look {
    const epoch = Math.max(this.#periods.at(time), state.newest);
    const used = state.counts.get(epoch) ?? 0;
    const end = this.#periods.start(epoch + 1);
    const fits = used + cost <= this.limit;
    return {
      epoch,
      at: Math.max(time, this.#periods.start(epoch)),
      end,
      fits,
      left: Math.max(0, this.limit - used),
      retryAt: fits ? time : cost > this.limit ? neverFits(time, this.epochMs) : end,
      resetAt: used > 0 ? end : time,
    };
  }

  /**
   * The race: who is the first of a window, and who takes its last unit.
   *
   * ```
   * A (has seen the window before last)    B (has seen nothing)       the item, limit 2
   *  |-- first of window 7? no need to know --------------------->    .7 missing: 0 + 1
   *  |                                      |-- the same write -->    .7 = 1 <= 1: 1 + 1
   *  |-- the same write ----------------------------------------->    .7 = 2 <= 1 fails; the answer says 2
   * ```
   *
   * Because the attribute is named by its window, "begin at 0" and "one more" are the same write.
   */
  charge(belief: CellBelief, look: Look, cost: number, draft: WriteDraft): void {
    const now = epochAttribute(this.id, look.epoch);
    draft.guardOrder(this.id, look.epoch);
    draft.require(absentOrAtMost(now, this.limit - cost));
    draft.assign(now, { firstOf: [now], otherwise: 0 }, cost);
    for (const attribute of this.obsolete(belief, look.epoch)) draft.remove(attribute);
    // Whoever has seen nothing removes at least what usually lies there.
    draft.remove(epochAttribute(this.id, look.epoch - 1));
    draft.remove(epochAttribute(this.id, look.epoch - 2));
  }

  counted(look: Look): readonly string[] {
    return [epochAttribute(this.id, look.epoch)];
  }

  obsolete(state: CellState, epoch: number): string[] {
    const names: string[] = [];
    for (const k of state.counts.keys()) if (k < epoch) names.push(epochAttribute(this.id, k));
    return names;
  }
}
