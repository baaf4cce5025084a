import type { Budget } from '../../policy/policy.ts';
import type { Condition } from '../counter-store.ts';
import { alignedAttribute, type CellState, epochAttribute, runningAttribute } from '../item-layout.ts';
import { above, absentOrAtMost, all, any, atMost, type WriteDraft } from '../write-draft.ts';
import { type Cell, type CellBelief, type Look, neverFits } from './cell.ts';

/**
 * Sliding window: at most `limit` units in any `windowMs`, wherever it begins.
 *
 * The window is cut into `m` epochs (`windowMs / epochMs`, 10 by default). A request is counted together with the `m`
 * epochs before its own; the oldest counts in full although only a part of it is still within the window. So any stretch
 * of `windowMs` lies within what was counted together, and in steady demand m / (m + 1) of the limit passes.
 */
export class SlidingWindowCell implements Cell {
  readonly id: string;
  readonly limit: number;
  readonly epochMs: number;
  readonly keepMs: number;
  readonly #windowMs: number;
  /** Epochs per window. */
  readonly #m: number;

  constructor(budget: Budget) {
    this.id = budget.cellId;
    this.limit = budget.limit;
    this.epochMs = budget.epochMs;
    this.keepMs = budget.windowMs + 2 * budget.epochMs;
    this.#windowMs = budget.windowMs;
    this.#m = budget.windowMs / budget.epochMs;
  }

  look(state: CellState, time: number, cost: number): Look {
    const epoch = Math.max(Math.floor(time / this.epochMs), state.newest);
    let used = 0;
    let last = Number.NEGATIVE_INFINITY;
    for (const [k, count] of state.counts) {
      if (k < epoch - this.#m || count === 0) continue;
      used += count;
      last = Math.max(last, k);
    }
    const fits = used + cost <= this.limit;
    return {
      epoch,
      at: Math.max(time, epoch * this.epochMs),
      end: (epoch + 1) * this.epochMs,
      fits,
      left: Math.max(0, this.limit - used),
      retryAt: fits ? time : this.#retryAt(state, time, epoch, used, cost),
      resetAt: used > 0 ? this.#leaves(last) : time,
    };
  }

  /**
   * Two races are settled by one write that cannot add attributes up: how much is left, and who takes it.
   *
   * *Known*: this container has seen the cell within the window. Everything taken since then, by anybody and in whatever
   * epoch, is in the running total, so a bound on the total bounds the window:
   *
   * ```
   * A                              B                          the item, limit 100
   *  |-- sees: 97 in the window, total 5,097                  total 5,097
   *  |                             |-- takes 2 ------------>  total 5,099
   *  |-- takes 2: room was 3, so total <= 5,097 + 1 ------->  5,099 <= 5,098 fails; the answer brings the counts
   * ```
   *
   * *Unknown*: it has never seen the cell. The window lies within the aligned windows K - 1 and K, which are counted in
   * attributes of their own; each below its share of the limit keeps the sum below the limit. Stricter than need be,
   * never laxer.
   *
   * *Known, but too long ago*: either bound will do. What was taken since may have left the window, so the first is
   * stricter than need be as well.
   *
   * The total starts at the item's birth in microseconds: a deleted and reborn item is above whatever was believed of
   * the old one, as long as less than one unit per microsecond is taken, or below it, if a slower clock gave it birth.
   */
  charge(belief: CellBelief, look: Look, cost: number, draft: WriteDraft): void {
    const { epoch } = look;
    const now = epochAttribute(this.id, epoch);
    const total = runningAttribute(this.id);
    const window = Math.floor(epoch / this.#m);
    const aligned = alignedAttribute(this.id, window);
    const before = alignedAttribute(this.id, window - 1);

    draft.guardOrder(this.id, epoch);
    const room = this.limit - cost;
    const share = Math.ceil((room * (epoch / this.#m - window + 0.5)) / (epoch / this.#m - window + 1.5));
    const unknown = all(absentOrAtMost(aligned, share), absentOrAtMost(before, room - share));
    if (belief.running === undefined) {
      draft.require(unknown);
    } else {
      const known = this.#sinceSeen(total, belief.running, look.left - cost);
      const seen = Math.max(belief.newest, Math.floor(belief.seenAt / this.epochMs));
      draft.require(seen >= epoch - this.#m ? known : any(known, unknown));
    }

    draft.assign(now, { firstOf: [now], otherwise: 0 }, cost);
    draft.assign(total, { firstOf: [total], otherwise: look.at * 1000 }, cost);
    draft.assign(aligned, { firstOf: [aligned], otherwise: 0 }, cost);

    for (const attribute of this.obsolete(belief, epoch)) draft.remove(attribute);
    // Whoever has seen nothing removes at least what usually lies there.
    draft.remove(epochAttribute(this.id, epoch - this.#m - 1));
    draft.remove(epochAttribute(this.id, epoch - this.#m - 2));
    draft.remove(alignedAttribute(this.id, window - 2));
  }

  obsolete(state: CellState, epoch: number): string[] {
    const names: string[] = [];
    const window = Math.floor(epoch / this.#m);
    for (const k of state.counts.keys()) if (k < epoch - this.#m) names.push(epochAttribute(this.id, k));
    for (const K of state.aligned) if (K < window - 1) names.push(alignedAttribute(this.id, K));
    return names;
  }

  /**
   * At most `room` was taken since the total was `seen`. A total below that is of another item: the one that was seen is
   * deleted, and this one was born by a slower clock.
   */
  #sinceSeen(total: string, seen: number, room: number): Condition {
    return all(above(total, seen - 1), atMost(total, seen + room));
  }

  /** When an epoch's units are no longer counted. */
  #leaves(epoch: number): number {
    return (epoch + this.#m + 1) * this.epochMs;
  }

  #retryAt(state: CellState, time: number, epoch: number, used: number, cost: number): number {
    if (cost > this.limit) return neverFits(time, this.#windowMs);
    let left = used;
    // Epoch after epoch that is there, never all between them: an item may say anything, and this has to end.
    const within = [...state.counts].filter(([k]) => k >= epoch - this.#m).sort(([a], [b]) => a - b);
    for (const [k, count] of within) {
      left -= count;
      if (left + cost <= this.limit) return this.#leaves(k);
    }
    return neverFits(time, this.#windowMs);
  }
}
