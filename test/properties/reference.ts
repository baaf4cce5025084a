import type { Budget } from '../../lambda/policy/policy.ts';

/**
 * What a limit means, written down from its definition for one caller in one place: a list of what was admitted, nothing
 * remembered by epoch. Shares no code with the limiter.
 */
export interface Reference {
  /** Where requests wait: how long this one does, ms, if it is admitted; asked before `admit`. */
  wait?(time: number, cost: number): number;
  hasRoom(time: number, cost: number): boolean;
  admit(time: number, cost: number): void;
}

export function referenceOf(budget: Budget): Reference {
  if (budget.algorithm === 'token-bucket') return new ReferenceBucket(budget);
  return budget.algorithm === 'leaky-bucket' ? new ReferenceQueue(budget) : new ReferenceWindow(budget);
}

/** The month of `time`, or the day or week, as its first instant. */
function periodStart(time: number, calendar: string): number {
  const midnight = new Date(time);
  midnight.setUTCHours(0, 0, 0, 0);
  if (calendar === 'month') midnight.setUTCDate(1);
  // Sunday is 0 and ends the week.
  if (calendar === 'week') midnight.setUTCDate(midnight.getUTCDate() - ((midnight.getUTCDay() + 6) % 7));
  return midnight.getTime();
}

class ReferenceWindow implements Reference {
  readonly #budget: Budget;
  #admitted: { time: number; cost: number }[] = [];

  constructor(budget: Budget) {
    this.#budget = budget;
  }

  hasRoom(time: number, cost: number): boolean {
    const { algorithm, windowMs, epochMs, limit, calendar } = this.#budget;
    const window = calendar ? periodStart(time, calendar) : time - (time % windowMs);
    const from = {
      // It reaches back from the start of the present epoch.
      'sliding-window': time - (time % epochMs) - windowMs,
      // To the millisecond.
      'sliding-window-log': time - windowMs + 1,
      'sliding-window-counter': window - windowMs,
      'fixed-window': window,
    }[algorithm as string]!;
    this.#admitted = this.#admitted.filter((one) => one.time >= from);
    const counted = (of: readonly { cost: number }[]) => of.reduce((sum, one) => sum + one.cost, 0);
    if (algorithm !== 'sliding-window-counter') return counted(this.#admitted) + cost <= limit;
    const previous = counted(this.#admitted.filter((one) => one.time < window));
    const present = counted(this.#admitted.filter((one) => one.time >= window));
    // It fades in hundredths, none before its time.
    const fading = Math.ceil(((window + windowMs - time) * 100) / windowMs);
    return (limit - present - cost) * 100 >= previous * fading;
  }

  admit(time: number, cost: number): void {
    this.#admitted.push({ time, cost });
  }
}

/** People in a queue: each place has a start, in microseconds. */
class ReferenceQueue implements Reference {
  readonly #budget: Budget;
  readonly #place: number;
  #freeAt = 0;
  #opened = -1;

  constructor(budget: Budget) {
    this.#budget = budget;
    this.#place = Math.ceil((budget.windowMs * 1000) / budget.limit);
  }

  hasRoom(time: number, cost: number): boolean {
    const { queue = 0, maxDelayMs = 0 } = this.#budget;
    const waits = Math.max(this.#freeAt, time * 1000) + (cost - 1) * this.#place - time * 1000;
    return waits <= maxDelayMs * 1000 && waits <= queue * this.#place;
  }

  wait(time: number, cost: number): number {
    return Math.max(0, Math.ceil((this.#first(time) + (cost - 1) * this.#place) / 1000) - time);
  }

  admit(time: number, cost: number): void {
    this.#freeAt = this.#first(time) + cost * this.#place;
    this.#opened = Math.floor(time / this.#budget.epochMs);
  }

  /** An idle queue opens with the first of an epoch; who comes later in that epoch takes the next place. */
  #first(time: number): number {
    const open = this.#opened === Math.floor(time / this.#budget.epochMs);
    return open ? this.#freeAt : Math.max(this.#freeAt, time * 1000);
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
