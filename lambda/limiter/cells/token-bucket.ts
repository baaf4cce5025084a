import type { Budget } from '../../policy/policy.ts';
import { type CellState, epochAttribute, runningAttribute } from '../item-layout.ts';
import { above, absent, absentOrAtMost, all, any, atMost, type WriteDraft } from '../write-draft.ts';
import { type Cell, type CellBelief, type Look, neverFits } from './cell.ts';

/**
 * Token bucket: `burst` tokens fit, `limit` of them come back per `windowMs`, at the starts of epochs.
 *
 * The state is one number, the *virtual time* `v`: what is missing from a full bucket, as time that it takes to come
 * back. One token is `T` microseconds, whole and rounded up, so a bucket refills at most one microsecond per token late:
 *
 * ```
 *             floor            v                        ceil
 *  ------------|===============|--------------------------|------> virtual time, microseconds
 *              start of epoch  |<-- tokens left, T each -->|  = floor + burst * T
 * ```
 *
 * Taking tokens moves `v` to the right, time moves `floor` and `ceil`; where `v` is behind `floor` the bucket is full.
 * So `v` never goes back, and within an epoch `floor` stands still: never more than the burst, and the rate times the
 * time rounded up to whole epochs, in any stretch.
 */
export class TokenBucketCell implements Cell {
  readonly id: string;
  readonly limit: number;
  readonly epochMs: number;
  readonly keepMs: number;
  readonly #windowMs: number;
  /** Microseconds per epoch. */
  readonly #epoch: number;
  /** Microseconds per token. */
  readonly #token: number;
  /** Microseconds of a full bucket. */
  readonly #full: number;

  constructor(budget: Budget) {
    this.id = budget.cellId;
    this.limit = budget.burst ?? budget.limit;
    this.epochMs = budget.epochMs;
    this.#windowMs = budget.windowMs;
    this.#epoch = budget.epochMs * 1000;
    this.#token = Math.ceil((budget.windowMs * 1000) / budget.limit);
    this.#full = this.limit * this.#token;
    this.keepMs = Math.ceil(this.#full / 1000) + 2 * budget.epochMs;
  }

  look(state: CellState, time: number, cost: number): Look {
    const epoch = Math.max(Math.floor(time / this.epochMs), state.newest);
    const floor = epoch * this.#epoch;
    const v = state.running ?? 0;
    const from = Math.max(v, floor);
    const missing = from + cost * this.#token - this.#full;
    const fits = missing <= floor;
    return {
      epoch,
      at: Math.max(time, epoch * this.epochMs),
      end: (epoch + 1) * this.epochMs,
      fits,
      left: Math.max(0, Math.floor((floor + this.#full - from) / this.#token)),
      retryAt: fits
        ? time
        : cost > this.limit
          ? neverFits(time, this.#windowMs)
          : Math.ceil(missing / this.#epoch) * this.epochMs,
      resetAt: v > floor ? Math.ceil(v / this.#epoch) * this.epochMs : time,
    };
  }

  /**
   * The race: who opens an epoch. Within one, everybody adds to its attribute; the first has to begin at the larger of
   * `floor` and the latest virtual time, and no expression can take a maximum. So the opener guesses which it is, and
   * its guard, which only matters while nobody has opened the epoch, proves the guess:
   *
   * ```
   * A guesses "full again"         B guesses the same          the item: latest v above the floor of epoch 9
   *  |-- open 9 at floor, if v <= floor ------------------->   v > floor: fails; the answer brings v
   *  |-- open 9 at v, if floor < v <= room for me --------->   .9 = v + cost
   *                                 |-- open 9 at floor, ... or add to .9 while there is room --> .9 = .9 + cost
   * ```
   *
   * The guess only decides whether a write is wasted, never what is counted.
   */
  charge(belief: CellBelief, look: Look, cost: number, draft: WriteDraft): void {
    const { epoch } = look;
    const floor = epoch * this.#epoch;
    const now = epochAttribute(this.id, epoch);
    const latest = runningAttribute(this.id);
    const take = cost * this.#token;
    const most = floor + this.#full - take;

    const opened = belief.newest === epoch;
    const carried = !opened && this.#carriesOver(belief, epoch);

    draft.guardOrder(this.id, epoch);
    if (opened) {
      draft.require(atMost(now, most));
    } else if (carried) {
      draft.require(any(atMost(now, most), all(absent(now), above(latest, floor), atMost(latest, most))));
    } else {
      draft.require(any(atMost(now, most), all(absent(now), absentOrAtMost(latest, floor))));
    }
    const start = { firstOf: carried ? [now, latest] : [now], otherwise: floor };
    draft.assign(now, start, take);
    draft.assign(latest, start, take);

    for (const attribute of this.obsolete(belief, epoch)) draft.remove(attribute);
    if (opened) return;
    // Whoever opens an epoch without having seen the one before removes at least what usually lies there.
    draft.remove(epochAttribute(this.id, epoch - 1));
    draft.remove(epochAttribute(this.id, epoch - 2));
  }

  obsolete(state: CellState, epoch: number): string[] {
    const names: string[] = [];
    for (const k of state.counts.keys()) if (k < epoch) names.push(epochAttribute(this.id, k));
    return names;
  }

  /** Virtual microseconds that others take per millisecond, smoothed over about an epoch. */
  observe(before: CellBelief, now: CellState, seenAt: number, ownCost: number): number {
    const floor = now.newest * this.#epoch;
    const v = before.running ?? 0;
    // A bucket that was full at the epoch's start hides what was taken before it.
    const since = v >= floor ? before.seenAt : Math.max(before.seenAt, now.newest * this.epochMs);
    const span = seenAt - since;
    if (!(span > 0) || before.seenAt < 0) return before.othersRate;
    const others = Math.max(0, (now.running ?? 0) - Math.max(v, floor) - ownCost * this.#token);
    return before.othersRate + (span / (span + this.epochMs)) * (others / span - before.othersRate);
  }

  /** Whether the bucket is probably not full at the start of `epoch`: what was seen, and others going on as they did. */
  #carriesOver(belief: CellBelief, epoch: number): boolean {
    const floor = epoch * this.#epoch;
    const v = belief.running ?? 0;
    if (v > floor) return true;
    const unseen = epoch * this.epochMs - Math.max(belief.seenAt, (epoch - 1) * this.epochMs);
    return Math.max(v, floor - this.#epoch) + belief.othersRate * Math.max(0, unseen) > floor;
  }
}
