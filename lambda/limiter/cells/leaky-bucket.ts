import type { Budget } from '../../policy/policy.ts';
import { type CellState, epochAttribute, runningAttribute } from '../item-layout.ts';
import { above, absent, absentOrAtMost, all, any, atMost, type WriteDraft } from '../write-draft.ts';
import { type Cell, type CellBelief, type Look, neverFits } from './cell.ts';

/** A belief younger than this is taken for the present, ms: about the way to the store and back. */
const FRESH_MS = 20;

/**
 * Leaky bucket as a queue: `limit` requests leave it per `windowMs`, one by one; a request that comes too soon waits for
 * its turn. At most `queue` requests wait, none longer than `maxDelayMs`.
 *
 * The state is one number, the *virtual time* `v`: when everything that is in the queue has left. One request is `T`
 * microseconds, whole and rounded up:
 *
 * ```
 *              now                          v                     v + T
 *  -------------|===========================|----------------------|---> microseconds
 *               |<-- the wait of the next ->|  its place in the queue
 * ```
 *
 * Places follow one another without overlap, and a request leaves at the start of its place or when it comes. So it never
 * leaves before its turn. An idle queue starts at the first request of an epoch; a later request of the same epoch may
 * find a place that is past, by less than an epoch: in any stretch of time `s` at most `(s + epochMs) / T + 1` leave.
 */
export class LeakyBucketCell implements Cell {
  readonly id: string;
  /** What can come at once: one that leaves, and those that wait. */
  readonly limit: number;
  readonly epochMs: number;
  readonly keepMs: number;
  readonly #windowMs: number;
  /** Microseconds per request. */
  readonly #place: number;
  /** The longest wait, microseconds. */
  readonly #longest: number;

  constructor(budget: Budget) {
    this.id = budget.cellId;
    this.epochMs = budget.epochMs;
    this.#windowMs = budget.windowMs;
    this.#place = Math.ceil((budget.windowMs * 1000) / budget.limit);
    this.#longest = Math.min((budget.queue ?? 0) * this.#place, (budget.maxDelayMs ?? 0) * 1000);
    this.limit = Math.floor(this.#longest / this.#place) + 1;
    this.keepMs = Math.ceil((this.#longest + this.#place) / 1000) + 2 * budget.epochMs;
  }

  /** A cost of `c` takes `c` places one after the other, and waits as `c` requests would: for the last of them. */
  look(state: CellState, time: number, cost: number): Look {
    const epoch = Math.max(Math.floor(time / this.epochMs), state.newest);
    const at = Math.max(time, epoch * this.epochMs);
    const v = state.running ?? 0;
    const from = Math.max(v, at * 1000);
    const last = from + (cost - 1) * this.#place - this.#longest;
    const fits = last <= at * 1000;
    const behind = at * 1000 + this.#longest - from;
    return {
      epoch,
      at,
      // A place that is not used at once is lost: it has its own wait, and used later, two would leave too close together.
      end: Number.NEGATIVE_INFINITY,
      fits,
      left: behind < 0 ? 0 : Math.floor(behind / this.#place) + 1,
      retryAt: fits ? time : cost > this.limit ? neverFits(time, this.#windowMs) : Math.ceil(last / 1000),
      resetAt: v > at * 1000 ? Math.ceil(v / 1000) : time,
    };
  }

  delay(state: CellState, look: Look, cost: number): number {
    const start = (state.running ?? 0) - this.#place;
    return cost > 0 ? Math.max(0, Math.ceil(start / 1000) - look.at) : 0;
  }

  /**
   * The race: whether the queue is idle. A new place begins at the larger of now and `v`, and no expression can take a
   * maximum. So a writer guesses which it is, and its guard proves the guess; whoever comes after the first of an epoch
   * needs no guess, because everybody joins the queue that the first one has opened:
   *
   * ```
   * A guesses "idle"                 B guesses "idle"                      the item
   *  |-- open 9 at now, if v <= now ------------------------------------>  .9 = now + T
   *                                   |-- open 9 at now, or join 9 ----->  .9 = now + T + T, B waits T
   *  |-- C knows that v > now: join, if v is still ahead and not too far ->  v + T
   * ```
   *
   * The guess only decides whether a write is wasted, never when a request leaves.
   */
  charge(belief: CellBelief, look: Look, cost: number, draft: WriteDraft): void {
    const { epoch } = look;
    const time = look.at * 1000;
    const opened = epochAttribute(this.id, epoch);
    const latest = runningAttribute(this.id);
    const most = time + this.#longest - (cost - 1) * this.#place;
    const join = atMost(opened, most);

    draft.guardOrder(this.id, epoch);
    let firstOf = [opened];
    if (belief.newest === epoch) {
      draft.require(join);
    } else if (this.#isBusy(belief, look)) {
      draft.require(any(join, all(absent(opened), above(latest, time), atMost(latest, most))));
      firstOf = [opened, latest];
    } else {
      draft.require(any(join, all(absent(opened), absentOrAtMost(latest, time))));
    }
    const start = { firstOf, otherwise: time };
    draft.assign(opened, start, cost * this.#place);
    draft.assign(latest, start, cost * this.#place);

    for (const attribute of this.obsolete(belief, epoch)) draft.remove(attribute);
    if (belief.newest === epoch) return;
    // Whoever opens an epoch without having seen the one before removes at least what usually lies there.
    draft.remove(epochAttribute(this.id, epoch - 1));
    draft.remove(epochAttribute(this.id, epoch - 2));
  }

  obsolete(state: CellState, epoch: number): string[] {
    const names: string[] = [];
    for (const k of state.counts.keys()) if (k < epoch) names.push(epochAttribute(this.id, k));
    return names;
  }

  /**
   * How often the queue was busy where it mattered, in thousandths, the last few times counting most: a wrong guess says
   * which it was, and so does a request that has opened an idle queue. Who joins an open one learns nothing of that.
   */
  observe(before: CellBelief, now: CellState, seenAt: number, ownCost: number): number {
    const start = (now.running ?? 0) - ownCost * this.#place;
    if (ownCost > 0 && start !== seenAt * 1000) return before.othersRate;
    return before.othersRate + ((start > seenAt * 1000 ? 1000 : 0) - before.othersRate) / 5;
  }

  /** Whether the queue is not idle at `look.at`: certainly by what was seen, else probably, as often as before. */
  #isBusy(belief: CellBelief, look: Look): boolean {
    const v = belief.running ?? 0;
    if (v > look.at * 1000) return true;
    const unseenMs = look.at - Math.max(belief.seenAt, 0);
    return unseenMs > Math.max(FRESH_MS, this.#place / 1000) && belief.othersRate > 500;
  }
}
