import type { Budget } from '../../policy/policy.ts';
import type { Condition } from '../counter-store.ts';
import {
  alignedAttribute,
  type CellState,
  ceilingAttribute,
  epochAttribute,
  runningAttribute,
} from '../item-layout.ts';
import { above, absent, absentOrAtMost, all, any, atMost, atMostOther, type WriteDraft } from '../write-draft.ts';
import { type Cell, type CellBelief, type Look, neverFits } from './cell.ts';

/**
 * Limits above this carry no ceiling: they hardly ever need one (a limit of 100 takes 1.04 writes per decision
 * without), and five of them would not fit into 1 KB with it.
 */
const CEILING_UP_TO = 99;

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
   * *Known, but too long ago*: any of the bounds will do. What was taken since may have left the window, so the first is
   * stricter than need be as well.
   *
   * *The ceiling*, the third bound of those who have not seen the window, for a cost of 1: with the running total of all
   * that has left the window, `gone`, the window holds `total - gone`. No condition can subtract, but it can compare two
   * attributes, so the item carries `ceiling <= gone + limit - 1`, and there is room for one unit while
   * `total <= ceiling`. Whatever it is set to is proven by what cannot change any more, not by a condition:
   *
   * ```
   * who has seen the window    sets it to what gone was by its belief. What was taken since its look is in the total
   *                            and not in gone: exact if it is all in the window, else too low.
   * who has not                adds the epoch that has just left, and removes it in the same write: frozen by the order
   *                            guard, and added once. An epoch that was skipped is not added: too low.
   * first of an item           gone is the total's start.
   * ```
   *
   * It is named by the limit: a changed limit, or a client's new tier, begins a new one.
   *
   * Too low is a failed condition, whose answer brings the counts; the second try then sets it right for everybody.
   * Without it a limit of 20 over 32 containers took 1.41 writes per decision at 80 % use; with it 1.04.
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
    const seen = Math.max(belief.newest, Math.floor(belief.seenAt / this.epochMs));
    const ceiling = this.limit <= CEILING_UP_TO ? ceilingAttribute(this.id, this.limit) : undefined;
    if (belief.running === undefined || seen < epoch - this.#m) {
      const bounds = belief.running === undefined ? [] : [this.#sinceSeen(total, belief.running, look.left - cost)];
      bounds.push(unknown);
      if (ceiling !== undefined && cost === 1) bounds.push(atMostOther(total, ceiling));
      draft.require(bounds.length === 1 ? unknown : any(...bounds));
      if (ceiling !== undefined) {
        // An item that has counted without this ceiling (the limit has changed): who has not seen it cannot begin one.
        draft.require(any(above(ceiling, 0), absent(total)));
        const leaving = epochAttribute(this.id, epoch - this.#m - 1);
        const start = { firstOf: [ceiling], otherwise: look.at * 1000 + this.limit - 1 };
        draft.assign(ceiling, start, { firstOf: [leaving], otherwise: 0 });
      }
    } else {
      const known = this.#sinceSeen(total, belief.running, look.left - cost);
      draft.require(known);
      if (ceiling !== undefined) draft.assign(ceiling, belief.running + look.left - 1, 0);
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

  /** Not the total: it bounds what was taken since a look, and what is given back was taken all the same. */
  counted({ epoch }: Look): readonly string[] {
    return [epochAttribute(this.id, epoch), alignedAttribute(this.id, Math.floor(epoch / this.#m))];
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
