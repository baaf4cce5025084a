import type { Budget } from '../../lambda/policy/policy.ts';
import type { Counted, LimitModel } from './model.ts';

/** A bucket: its content at the last tick at which it was used, in microseconds of inflow, so that it is whole. */
export class BucketModel implements LimitModel {
  readonly #budget: Budget;
  readonly #perToken: number;
  readonly #size: number;
  #content: number;
  #tick = Number.NEGATIVE_INFINITY;

  constructor(budget: Budget) {
    this.#budget = budget;
    this.#perToken = Math.ceil((budget.windowMs * 1000) / budget.limit);
    this.#size = (budget.burst ?? budget.limit) * this.#perToken;
    this.#content = this.#size;
  }

  get newest(): number {
    return this.#tick * this.#budget.epochMs;
  }

  hasRoom(clock: number, units: number): boolean {
    return this.#at(clock).content >= units * this.#perToken;
  }

  count(clock: number, units: number): Counted {
    const { tick, content } = this.#at(clock);
    this.#tick = tick;
    this.#content = content - units * this.#perToken;
    return { until: (tick + 1) * this.#budget.epochMs, waitMs: 0, exact: true };
  }

  #at(clock: number): { tick: number; content: number } {
    const { epochMs } = this.#budget;
    const tick = Math.max(Math.floor(clock / epochMs), this.#tick);
    const inflow = Number.isFinite(this.#tick) ? (tick - this.#tick) * epochMs * 1000 : 0;
    return { tick, content: Math.min(this.#size, this.#content + inflow) };
  }
}
