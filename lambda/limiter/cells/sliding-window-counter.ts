import type { Budget } from '../../policy/policy.ts';
import { type CellState, epochAttribute } from '../item-layout.ts';
import { absentOrAtMost, type WriteDraft } from '../write-draft.ts';
import { type Cell, type CellBelief, type Look, neverFits } from './cell.ts';

/** Products of a count and a part of the window stay below this, so that a double holds their sums exactly. */
const SAFE = 2 ** 52;

/**
 * Sliding window counter, the classic: the present window in full, and the previous one fading in proportion to the time
 * that is left of the present one. One epoch is one window.
 *
 * ```
 *        previous window: 80        present: 30         used at 1/4 of the present one: 30 + 3/4 * 80 = 90
 *  |---------------------------|------|--------------------|
 *                                     now
 * ```
 *
 * It takes what came in the previous window for spread evenly. Where it all came at its end, nearly twice the limit passes
 * in one window's length.
 */
export class SlidingWindowCounterCell implements Cell {
  readonly id: string;
  readonly limit: number;
  readonly epochMs: number;
  readonly keepMs: number;
  /** The step in which the previous window fades, ms: 1, or more where the products would not be exact. */
  readonly #grain: number;
  /** The weight of one unit of the present window, in grains. */
  readonly #one: number;

  constructor(budget: Budget) {
    this.id = budget.cellId;
    this.limit = budget.limit;
    this.epochMs = budget.windowMs;
    this.keepMs = 3 * budget.windowMs;
    let grain = 1;
    while ((budget.limit * budget.windowMs) / grain > SAFE) grain *= 2;
    this.#grain = grain;
    // Rounded down, and weights up: where the grain is coarse, the previous window never weighs less than it should.
    this.#one = Math.max(1, Math.floor(budget.windowMs / grain));
  }

  look(state: CellState, time: number, cost: number): Look {
    const epoch = Math.max(Math.floor(time / this.epochMs), state.newest);
    const at = Math.max(time, epoch * this.epochMs);
    const end = (epoch + 1) * this.epochMs;
    const present = state.counts.get(epoch) ?? 0;
    const previous = state.counts.get(epoch - 1) ?? 0;
    const room = this.#room(present, previous, epoch, at);
    const fits = room >= cost * this.#one;
    const fades = previous > 0 ? end : time;
    return {
      epoch,
      at,
      end,
      fits,
      left: Math.max(0, Math.floor(room / this.#one)),
      retryAt: fits
        ? time
        : cost > this.limit
          ? neverFits(time, this.epochMs)
          : (this.#fadedAt(previous, this.limit - cost - present, epoch, at) ??
            this.#fadedAt(present, this.limit - cost, epoch + 1, end) ??
            end + this.epochMs),
      resetAt: present > 0 ? end + this.epochMs : fades,
    };
  }

  /**
   * The race: two counts bound the sum, and an expression cannot add them up. Each gets a bound of its own, such that
   * the sum of both bounds, weighted, is within the limit: sound whatever else is true.
   *
   * ```
   * A (has seen this window)           B (has only seen the previous one)      the item, limit 10
   *                                                                            .6 = 4, .7 = 2; half of .6 counts
   *  |-- .6 <= 4, .7 <= 8 - 1 ------------------------------------------->     holds: .7 = 3
   *                                     |-- saw .6 = 3: .6 <= 5, .7 <= 6 ->    holds: .7 = 4
   * ```
   *
   * Whoever has seen this window knows the previous count for good (the order guard has frozen it), and the whole room
   * goes to the present one. Anybody else splits it: by how long each of the two went on unseen.
   */
  charge(belief: CellBelief, look: Look, cost: number, draft: WriteDraft): void {
    const { epoch, at } = look;
    const start = epoch * this.epochMs;
    const present = belief.counts.get(epoch) ?? 0;
    const previous = belief.counts.get(epoch - 1) ?? 0;
    const weight = this.#weight(epoch, at);
    const room = this.#room(present, previous, epoch, at) - cost * this.#one;

    let more = 0;
    if (belief.newest < epoch) {
      const unseenBefore = start - Math.min(start, Math.max(belief.seenAt, start - this.epochMs));
      const unseenNow = at - start + 1;
      more = Math.floor((room * (unseenBefore / (unseenBefore + unseenNow))) / weight);
    }
    const now = epochAttribute(this.id, epoch);
    draft.guardOrder(this.id, epoch);
    draft.require(absentOrAtMost(epochAttribute(this.id, epoch - 1), previous + more));
    draft.require(absentOrAtMost(now, present + Math.floor((room - more * weight) / this.#one)));
    draft.assign(now, { firstOf: [now], otherwise: 0 }, cost);

    for (const attribute of this.obsolete(belief, epoch)) draft.remove(attribute);
    // Whoever has seen nothing removes at least what usually lies there.
    draft.remove(epochAttribute(this.id, epoch - 2));
    draft.remove(epochAttribute(this.id, epoch - 3));
  }

  obsolete(state: CellState, epoch: number): string[] {
    const names: string[] = [];
    for (const k of state.counts.keys()) if (k < epoch - 1) names.push(epochAttribute(this.id, k));
    return names;
  }

  /** What a unit of the previous window counts at `at`, in grains: `#one` at the start of the present one, then less. */
  #weight(epoch: number, at: number): number {
    return Math.min(this.#one, Math.ceil(((epoch + 1) * this.epochMs - at) / this.#grain));
  }

  /** What is left at `at`, in grains; below 0 where it is more than used up. */
  #room(present: number, previous: number, epoch: number, at: number): number {
    return this.#one * (this.limit - present) - this.#weight(epoch, at) * previous;
  }

  /** The first instant in `epoch`, from `from` on, at which `fading` units count no more than `room`; none: undefined. */
  #fadedAt(fading: number, room: number, epoch: number, from: number): number | undefined {
    if (room < 0) return undefined;
    const weight = fading === 0 ? this.#one : Math.floor((this.#one * room) / fading);
    if (weight >= this.#one) return from;
    const at = Math.max(from, (epoch + 1) * this.epochMs - weight * this.#grain);
    return at < (epoch + 1) * this.epochMs ? at : undefined;
  }
}
