import type { Budget } from '../../policy/policy.ts';
import { alignedAttribute, type CellState, epochAttribute, runningAttribute } from '../item-layout.ts';
import { above, absentOrAtMost, all, any, atMost, type WriteDraft } from '../write-draft.ts';
import { type Cell, type CellBelief, type Look, neverFits } from './cell.ts';

/**
 * Sliding window log: every unit counts for exactly `windowMs` from the millisecond in which it was taken. At most `limit`
 * units in any `windowMs`, and all of them can be used.
 *
 * The log is the item's: `<id>.<t>` holds what was taken in millisecond `t`, `<id>` the newest epoch of a tenth of the
 * window (`epochMs`). The order guard works on epochs, because requests that overtake each other by milliseconds are
 * usual and harmless: a request at `t` counts what is later than `t - windowMs`, entries after `t` included. Of the entries
 * in any one window, whichever was written last has so counted all others.
 *
 * ```
 *      written last, at t            written before, by a clock that is ahead
 *  ----|--x----x-------|-------x--|------>  time
 *      t - windowMs    t          the end of t's epoch: nothing is later
 * ```
 */
export class SlidingWindowLogCell implements Cell {
  readonly id: string;
  readonly limit: number;
  readonly epochMs: number;
  readonly keepMs: number;
  readonly #windowMs: number;

  constructor(budget: Budget) {
    this.id = budget.cellId;
    this.limit = budget.limit;
    this.epochMs = budget.epochMs;
    this.keepMs = budget.windowMs + 2 * budget.epochMs;
    this.#windowMs = budget.windowMs;
  }

  look(state: CellState, time: number, cost: number): Look {
    const epoch = Math.max(Math.floor(time / this.epochMs), state.newest);
    const at = Math.max(time, epoch * this.epochMs);
    let used = 0;
    let last = Number.NEGATIVE_INFINITY;
    for (const [t, count] of state.counts) {
      if (t <= at - this.#windowMs || count === 0) continue;
      used += count;
      last = Math.max(last, t);
    }
    const fits = used + cost <= this.limit;
    return {
      epoch,
      at,
      // Used in another millisecond than it is counted in, a unit would leave the window too soon.
      end: at + 1,
      fits,
      left: Math.max(0, this.limit - used),
      retryAt: fits ? time : this.#retryAt(state, time, at, used, cost),
      resetAt: used > 0 ? last + this.#windowMs : time,
    };
  }

  /**
   * The race: who takes the last unit. It is a compare-and-set with slack: everything taken by anybody since this
   * container looked is in the running total, so a bound on the total bounds the window, and only where others have
   * taken more than was left does the write fail.
   *
   * ```
   * A                                 B                         the item, limit 5
   *  |-- sees: 3 in the window, total 103                       total 103
   *  |                                |-- takes 1 ----------->  total 104
   *  |-- takes 1: room was 2, so total <= 103 + 1 ----------->  104 <= 104 holds: total 105
   *  |                                |-- takes 1: <= 104 --->  fails; the answer brings the whole log
   * ```
   *
   * A total below the one that was seen is of another item, which a slower clock has born after that one was deleted.
   *
   * A container that has never seen the cell bounds the aligned windows that the window lies in, and one whose look is
   * older than the window takes either bound: see `SlidingWindowCell`, of which all this is the finest form.
   */
  charge(belief: CellBelief, look: Look, cost: number, draft: WriteDraft): void {
    const { epoch, at } = look;
    const entry = epochAttribute(this.id, at);
    const total = runningAttribute(this.id);
    const window = Math.floor(at / this.#windowMs);
    const aligned = alignedAttribute(this.id, window);
    const before = alignedAttribute(this.id, window - 1);

    draft.guardOrder(this.id, epoch);
    const room = this.limit - cost;
    const into = (at % this.#windowMs) / this.#windowMs;
    const share = Math.ceil((room * (into + 0.5)) / (into + 1.5));
    // Either the two aligned windows leave room, or nobody has written since before the window.
    const idle = absentOrAtMost(this.id, epoch - this.#windowMs / this.epochMs - 1);
    const unknown = any(all(absentOrAtMost(aligned, share), absentOrAtMost(before, room - share)), idle);
    if (belief.running === undefined) {
      draft.require(unknown);
    } else {
      const known = all(above(total, belief.running - 1), atMost(total, belief.running + look.left - cost));
      draft.require(belief.seenAt > at - this.#windowMs ? known : any(known, unknown));
    }

    draft.assign(entry, { firstOf: [entry], otherwise: 0 }, cost);
    draft.assign(total, { firstOf: [total], otherwise: at * 1000 }, cost);
    draft.assign(aligned, { firstOf: [aligned], otherwise: 0 }, cost);

    for (const attribute of this.obsolete(belief, epoch)) draft.remove(attribute);
    // Whoever has seen nothing removes at least what usually lies there.
    draft.remove(alignedAttribute(this.id, window - 2));
  }

  /** Not the total: it bounds what was taken since a look, and what is given back was taken all the same. */
  counted({ at }: Look): readonly string[] {
    return [epochAttribute(this.id, at), alignedAttribute(this.id, Math.floor(at / this.#windowMs))];
  }

  /** Entries that no request in `epoch` or after it counts. */
  obsolete(state: CellState, epoch: number): string[] {
    const names: string[] = [];
    const start = epoch * this.epochMs;
    const window = Math.floor(start / this.#windowMs);
    for (const t of state.counts.keys()) if (t <= start - this.#windowMs) names.push(epochAttribute(this.id, t));
    for (const K of state.aligned) if (K < window - 1) names.push(alignedAttribute(this.id, K));
    return names;
  }

  #retryAt(state: CellState, time: number, at: number, used: number, cost: number): number {
    if (cost > this.limit) return neverFits(time, this.#windowMs);
    const counted = [...state.counts].filter(([t]) => t > at - this.#windowMs).sort(([a], [b]) => a - b);
    let left = used;
    for (const [t, count] of counted) {
      left -= count;
      if (left + cost <= this.limit) return t + this.#windowMs;
    }
    return at;
  }
}
