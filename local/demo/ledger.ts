import type { Algorithm, Budget, CalendarPeriod } from '../../lambda/policy/policy.ts';

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
    const range = this.#rooms[this.#budget.algorithm](span);
    return { least: Math.max(0, range.least), most: Math.max(0, range.most) };
  }

  readonly #rooms: Readonly<Record<Algorithm, (span: Span) => Range>> = {
    'token-bucket': (span) => this.#bucket(span),
    'leaky-bucket': (span) => this.#queue(span),
    'fixed-window': (span) => this.#fixed(span),
    'sliding-window': (span) => this.#sliding(span, this.#budget.epochMs),
    // Exact to the millisecond: nothing is counted for longer than a window.
    'sliding-window-log': (span) => this.#sliding(span, 0),
    'sliding-window-counter': (span) => this.#counter(span),
  };

  #bucket({ from, to }: Span): Range {
    const { limit, windowMs, epochMs } = this.#budget;
    const burst = this.#budget.burst ?? limit;
    const taken = this.#units(() => true);
    const refill = (ms: number): number => Math.ceil((limit * (ms + epochMs)) / windowMs);
    const since = this.#taken[0]?.sentAt ?? from;
    const most = Math.min(burst, burst - taken + refill(from - since)) + refill(to - from);
    return { least: burst - taken, most };
  }

  /**
   * Places leave one by one; a request may stand where its wait is at most `maxDelay` and within the queue. A place that
   * has passed within an epoch may still be used.
   */
  #queue({ from, to }: Span): Range {
    const { limit, windowMs, epochMs, queue = 0, maxDelayMs = 0 } = this.#budget;
    const placeMs = Math.ceil((windowMs * 1000) / limit) / 1000;
    const longest = Math.min(queue * placeMs, maxDelayMs);
    /** When the last place that was taken leaves, if each was taken at that instant. */
    const leaves = (at: (taken: Taken) => number): number =>
      this.#taken.reduce((free, taken) => Math.max(free, at(taken)) + taken.cost * placeMs, Number.NEGATIVE_INFINITY);
    const places = (ms: number): number => (ms < 0 ? 0 : Math.floor(ms / placeMs) + 1);
    const latest = Math.max(0, leaves(({ answeredAt }) => answeredAt) - from);
    const earliest = Math.max(0, leaves(({ sentAt }) => sentAt) - from) - epochMs;
    return { least: places(longest - latest), most: places(longest - earliest + to - from) };
  }

  /** One window from one edge of the clock or calendar to the next; over an edge there is a second one. */
  #fixed({ from, to }: Span): Range {
    const { limit } = this.#budget;
    const start = this.#start(from);
    const surely = this.#units((taken) => taken.sentAt >= start);
    const perhaps = this.#units((taken) => taken.answeredAt >= start);
    return { least: limit - perhaps, most: limit - surely + this.#edges(from, to) * limit };
  }

  /**
   * What came in the present window, and of the previous one as much as is left of the present, in hundredths. In the
   * next window all of this one counts, and fades: at most the limit once more.
   */
  #counter({ from, to }: Span): Range {
    const { limit, windowMs } = this.#budget;
    const start = this.#start(from);
    const before = start - windowMs;
    const left = (at: number): number => Math.max(0, 1 - (at - start) / windowMs);
    const perhaps = this.#units((taken) => taken.answeredAt >= start);
    const perhapsBefore = this.#units((taken) => taken.answeredAt >= before && taken.answeredAt < start);
    const surely = this.#units((taken) => taken.sentAt >= start);
    const surelyBefore = this.#units((taken) => taken.sentAt >= before && taken.sentAt < start);
    const most = limit - surely - Math.floor(surelyBefore * Math.max(0, left(to) - 0.01));
    return {
      least: limit - perhaps - Math.ceil(perhapsBefore * Math.min(1, left(from) + 0.01)),
      most: most + this.#edges(from, to) * limit,
    };
  }

  /** Never more than the limit in any window; what lies a window and an epoch back is surely forgotten. */
  #sliding({ from, to }: Span, epochMs: number): Range {
    const { limit, windowMs } = this.#budget;
    const perhaps = this.#units((taken) => taken.answeredAt >= from - windowMs - epochMs);
    const surely = this.#units((taken) => taken.sentAt > to - windowMs);
    const windows = Math.floor((to - from) / windowMs);
    return { least: limit - perhaps, most: limit - surely + windows * limit };
  }

  /** When the window that holds an instant has begun. */
  #start(at: number): number {
    const { windowMs, calendar } = this.#budget;
    return calendar ? periodStart(at, calendar) : Math.floor(at / windowMs) * windowMs;
  }

  /** How many windows begin within the span; a span is far shorter than a period of the calendar. */
  #edges(from: number, to: number): number {
    const { windowMs, calendar } = this.#budget;
    return calendar ? Number(this.#start(from) !== this.#start(to)) : (this.#start(to) - this.#start(from)) / windowMs;
  }

  #units(counts: (taken: Taken) => boolean): number {
    return this.#taken.filter(counts).reduce((sum, { cost }) => sum + cost, 0);
  }
}

/** The first instant of a day, of a week from Monday, or of a month, UTC. */
function periodStart(at: number, period: CalendarPeriod): number {
  const date = new Date(at);
  const [year, month, day] = [date.getUTCFullYear(), date.getUTCMonth(), date.getUTCDate()];
  if (period === 'month') return Date.UTC(year, month, 1);
  return Date.UTC(year, month, period === 'day' ? day : day - ((date.getUTCDay() + 6) % 7));
}
