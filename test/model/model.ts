import type { Budget } from '../../lambda/policy/policy.ts';

/**
 * What one limit of one item allows, by its definition: a list of what was counted and when. It knows nothing of
 * conditions, beliefs or attributes and shares no code with the limiter.
 *
 * Time, as the limiter defines it for clocks that differ: an item never goes back to an epoch before the newest one in
 * which anything was counted; whoever is late is counted at the start of that one.
 */
export interface LimitModel {
  hasRoom(clock: number, units: number): boolean;
  /** @returns when the epoch ends in which the units count */
  count(clock: number, units: number): number;
}

export function limitModel(budget: Budget): LimitModel {
  return budget.algorithm === 'token-bucket' ? new BucketModel(budget) : new WindowModel(budget);
}

/** Windows: everything that was counted within reach, added up. */
class WindowModel implements LimitModel {
  readonly #budget: Budget;
  #counted: { at: number; units: number }[] = [];
  #newestEpoch = Number.NEGATIVE_INFINITY;

  constructor(budget: Budget) {
    this.#budget = budget;
  }

  hasRoom(clock: number, units: number): boolean {
    const { algorithm, windowMs, epochMs, limit } = this.#budget;
    const at = Math.max(clock, this.#newestEpoch);
    const from = algorithm === 'fixed-window' ? at - (at % windowMs) : at - (at % epochMs) - windowMs;
    let sum = units;
    for (const one of this.#counted) if (one.at >= from) sum += one.units;
    return sum <= limit;
  }

  count(clock: number, units: number): number {
    const { windowMs, epochMs } = this.#budget;
    const at = Math.max(clock, this.#newestEpoch);
    this.#newestEpoch = at - (at % epochMs);
    this.#counted.push({ at, units });
    // Nothing reaches back two windows.
    if (this.#counted.length > 100) this.#counted = this.#counted.filter((one) => one.at >= at - 2 * windowMs);
    return this.#newestEpoch + epochMs;
  }
}

/** A bucket: its content at the last tick at which it was used, in microseconds of inflow, so that it is whole. */
class BucketModel implements LimitModel {
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

  hasRoom(clock: number, units: number): boolean {
    return this.#at(clock).content >= units * this.#perToken;
  }

  count(clock: number, units: number): number {
    const { tick, content } = this.#at(clock);
    this.#tick = tick;
    this.#content = content - units * this.#perToken;
    return (tick + 1) * this.#budget.epochMs;
  }

  #at(clock: number): { tick: number; content: number } {
    const { epochMs } = this.#budget;
    const tick = Math.max(Math.floor(clock / epochMs), this.#tick);
    const inflow = Number.isFinite(this.#tick) ? (tick - this.#tick) * epochMs * 1000 : 0;
    return { tick, content: Math.min(this.#size, this.#content + inflow) };
  }
}
