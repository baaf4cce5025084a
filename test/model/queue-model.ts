import type { Budget } from '../../lambda/policy/policy.ts';
import type { Counted, LimitModel } from './model.ts';

/**
 * A queue: when the place after the last one begins, in microseconds, so that it is whole.
 *
 * An idle queue opens with the first request of an epoch; who comes later in that epoch takes the next place.
 *
 * Whoever remembers a deleted item goes on in its newest epoch, which may be later than its clock says. The model does not
 * know who remembers what. Until that epoch has come it takes whatever lets more through and makes nobody wait longer.
 */
export class QueueModel implements LimitModel {
  newest = Number.NEGATIVE_INFINITY;
  readonly #budget: Budget;
  readonly #forgotten: number;
  readonly #place: number;
  readonly #longest: number;
  #free = Number.NEGATIVE_INFINITY;
  #exact = true;

  constructor(budget: Budget, forgotten: number) {
    this.#budget = budget;
    this.#forgotten = forgotten;
    this.#place = Math.ceil((budget.windowMs * 1000) / budget.limit);
    this.#longest = Math.min(budget.queue! * this.#place, budget.maxDelayMs! * 1000);
  }

  hasRoom(clock: number, units: number): boolean {
    const now = Math.max(clock, this.newest, this.#forgotten) * 1000;
    return Math.max(this.#free, now) + (units - 1) * this.#place - now <= this.#longest;
  }

  count(clock: number, units: number): Counted {
    const at = Math.max(clock, this.newest);
    const epoch = at - (at % this.#budget.epochMs);
    this.#exact &&= clock >= this.#forgotten;
    const open = epoch === this.newest || (Number.isFinite(this.newest) && epoch <= this.#forgotten);
    const first = open ? this.#free : Math.max(this.#free, at * 1000);
    this.#free = first + units * this.#place;
    this.newest = epoch;
    const turn = Math.ceil((this.#free - this.#place) / 1000);
    const waitMs = Math.max(0, turn - Math.max(at, this.#forgotten));
    // A place that is not taken when its turn comes is lost.
    return { until: Number.NEGATIVE_INFINITY, waitMs, exact: this.#exact };
  }
}
