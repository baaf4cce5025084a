import type { Budget } from '../../lambda/policy/policy.ts';

/** Units that were taken; the store counted them somewhere between the two times. */
interface Taken {
  readonly sentAt: number;
  readonly answeredAt: number;
  readonly cost: number;
}

/** From when to when a batch ran, in milliseconds since the epoch. */
export interface Span {
  readonly from: number;
  readonly to: number;
}

/** The fewest and the most of something that the policy's words allow. */
export interface Range {
  readonly least: number;
  readonly most: number;
}

/**
 * What one subject has taken under one limit, and how much the policy's words leave it. Plain arithmetic on the words,
 * on purpose without a line of the limiter that it judges: a range, since nobody knows at which instant the store counted.
 */
export class Ledger {
  readonly #budget: Budget;
  readonly #taken: Taken[] = [];

  constructor(budget: Budget) {
    this.#budget = budget;
  }

  take(taken: Taken): void {
    this.#taken.push(taken);
  }

  /** How many units can be had during the span. */
  room(span: Span): Range {
    const { algorithm } = this.#budget;
    const range =
      algorithm === 'token-bucket'
        ? this.#bucket(span)
        : algorithm === 'fixed-window'
          ? this.#fixed(span)
          : this.#sliding(span);
    return { least: Math.max(0, range.least), most: Math.max(0, range.most) };
  }

  #bucket({ from, to }: Span): Range {
    const { limit, windowMs, epochMs } = this.#budget;
    const burst = this.#budget.burst ?? limit;
    const taken = this.#units(() => true);
    const refill = (ms: number): number => Math.ceil((limit * (ms + epochMs)) / windowMs);
    const since = this.#taken[0]?.sentAt ?? from;
    const most = Math.min(burst, burst - taken + refill(from - since)) + refill(to - from);
    return { least: burst - taken, most };
  }

  /** One window from one edge of the clock to the next; over an edge there is a second one. */
  #fixed({ from, to }: Span): Range {
    const { limit, windowMs } = this.#budget;
    const start = Math.floor(from / windowMs) * windowMs;
    const surely = this.#units((taken) => taken.sentAt >= start);
    const perhaps = this.#units((taken) => taken.answeredAt >= start);
    const more = Math.floor(to / windowMs) - Math.floor(from / windowMs);
    return { least: limit - perhaps, most: limit - surely + more * limit };
  }

  /** Never more than the limit in any window; what lies a window and an epoch back is surely forgotten. */
  #sliding({ from, to }: Span): Range {
    const { limit, windowMs, epochMs } = this.#budget;
    const perhaps = this.#units((taken) => taken.answeredAt >= from - windowMs - epochMs);
    const surely = this.#units((taken) => taken.sentAt > to - windowMs);
    const windows = Math.floor((to - from) / windowMs);
    return { least: limit - perhaps, most: limit - surely + windows * limit };
  }

  #units(counts: (taken: Taken) => boolean): number {
    return this.#taken.filter(counts).reduce((sum, { cost }) => sum + cost, 0);
  }
}
