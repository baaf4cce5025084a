import type { Budget } from '../../lambda/policy/policy.ts';

/**
 * What a limit means, written down from its definition for one caller in one place: a list of what was admitted, nothing
 * remembered by epoch. Shares no code with the limiter.
 */
export interface Reference {
  hasRoom(time: number, cost: number): boolean;
  admit(time: number, cost: number): void;
}

export function referenceOf(budget: Budget): Reference {
  return budget.algorithm === 'token-bucket' ? new ReferenceBucket(budget) : new ReferenceWindow(budget);
}

class ReferenceWindow implements Reference {
  readonly #budget: Budget;
  #admitted: { time: number; cost: number }[] = [];

  constructor(budget: Budget) {
    this.#budget = budget;
  }

  hasRoom(time: number, cost: number): boolean {
    const { algorithm, windowMs, epochMs, limit } = this.#budget;
    // A sliding window reaches back from the start of the present epoch, a fixed one begins with the present window.
    const from = algorithm === 'fixed-window' ? time - (time % windowMs) : time - (time % epochMs) - windowMs;
    this.#admitted = this.#admitted.filter((one) => one.time >= from);
    return this.#admitted.reduce((sum, one) => sum + one.cost, cost) <= limit;
  }

  admit(time: number, cost: number): void {
    this.#admitted.push({ time, cost });
  }
}

/** Holds its content in microseconds of refill, so that it is whole too. */
class ReferenceBucket implements Reference {
  readonly #budget: Budget;
  readonly #token: number;
  readonly #full: number;
  #content: number;
  #refilled = 0;

  constructor(budget: Budget) {
    this.#budget = budget;
    this.#token = Math.ceil((budget.windowMs * 1000) / budget.limit);
    this.#full = (budget.burst ?? 0) * this.#token;
    this.#content = this.#full;
  }

  hasRoom(time: number, cost: number): boolean {
    const ticks = Math.floor(time / this.#budget.epochMs);
    const inflow = (ticks - this.#refilled) * this.#budget.epochMs * 1000;
    this.#content = Math.min(this.#full, this.#content + inflow);
    this.#refilled = ticks;
    return this.#content >= cost * this.#token;
  }

  admit(_time: number, cost: number): void {
    this.#content -= cost * this.#token;
  }
}
