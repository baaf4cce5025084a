import type { Budget } from '../../policy/policy.ts';
import { type CellState, epochAttribute } from '../item-layout.ts';
import { absentOrAtMost, type WriteDraft } from '../write-draft.ts';
import { type Cell, type CellBelief, type Look, neverFits } from './cell.ts';

/**
 * In how many steps the previous window fades: each is a time at which denied callers may come again. A count times this
 * is a whole number below 2^53 up to the largest limit that a policy may have. Windows are whole seconds.
 */
const STEPS = 100;

/**
 * Sliding window counter, the classic: the present window in full, and the previous one fading in proportion to the time
 * that is left of the present one. It fades in hundredths, none before its
 * time. One epoch is one window.
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
  /** The step in which the previous window fades, ms. */
  readonly #step: number;

  constructor(budget: Budget) {
    this.id = budget.cellId;
    this.limit = budget.limit;
    this.epochMs = budget.windowMs;
    this.keepMs = 3 * budget.windowMs;
    this.#step = budget.windowMs / STEPS;
  }

  look(state: CellState, time: number, cost: number): Look {
    const epoch = Math.max(Math.floor(time / this.epochMs), state.newest);
    const at = Math.max(time, epoch * this.epochMs);
    const end = (epoch + 1) * this.epochMs;
    const present = state.counts.get(epoch) ?? 0;
    const previous = state.counts.get(epoch - 1) ?? 0;
    const room = this.#room(present, previous, epoch, at);
    const fits = room >= cost * STEPS;
    const fades = previous > 0 ? end : time;
    return {
      epoch,
      at,
      end,
      fits,
      left: Math.max(0, Math.floor(room / STEPS)),
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
    const room = this.#room(present, previous, epoch, at) - cost * STEPS;

    let more = 0;
    if (belief.newest < epoch) {
      const unseenBefore = start - Math.min(start, Math.max(belief.seenAt, start - this.epochMs));
      const unseenNow = at - start + 1;
      more = Math.floor((room * (unseenBefore / (unseenBefore + unseenNow))) / weight);
    }
    const now = epochAttribute(this.id, epoch);
    draft.guardOrder(this.id, epoch);
    draft.require(absentOrAtMost(epochAttribute(this.id, epoch - 1), previous + more));
    draft.require(absentOrAtMost(now, present + Math.floor((room - more * weight) / STEPS)));
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

  /** What a unit of the previous window counts at `at`, in hundredths: 100 at the start of the present one, then less. */
  #weight(epoch: number, at: number): number {
    return Math.ceil(((epoch + 1) * this.epochMs - at) / this.#step);
  }

  /** What is left at `at`, in hundredths; below 0 where it is more than used up. */
  #room(present: number, previous: number, epoch: number, at: number): number {
    return STEPS * (this.limit - present) - this.#weight(epoch, at) * previous;
  }

  /** The first instant in `epoch`, from `from` on, at which `fading` units count no more than `room`; none: undefined. */
  #fadedAt(fading: number, room: number, epoch: number, from: number): number | undefined {
    if (room < 0) return undefined;
    const weight = fading === 0 ? STEPS : Math.floor((STEPS * room) / fading);
    if (weight >= STEPS) return from;
    const at = Math.max(from, (epoch + 1) * this.epochMs - weight * this.#step);
    return at < (epoch + 1) * this.epochMs ? at : undefined;
  }
}
