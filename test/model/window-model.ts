import type { Budget } from '../../lambda/policy/policy.ts';
import type { Counted, Entry, LimitModel } from './model.ts';

/**
 * Windows of every kind: everything that was counted within reach, added up.
 *
 * Whoever remembers a deleted item goes on in its newest epoch, which may be later than its clock says. The model does not
 * know who remembers what: until that epoch has come it takes room there for room.
 */
export class WindowModel implements LimitModel {
  newest = Number.NEGATIVE_INFINITY;
  readonly #budget: Budget;
  readonly #forgotten: number;
  #counted: Entry[] = [];

  constructor(budget: Budget, forgotten: number) {
    this.#budget = budget;
    this.#forgotten = forgotten;
  }

  hasRoom(clock: number, units: number): boolean {
    const at = Math.max(clock, this.newest);
    return this.#hasRoomAt(at, units) || (at < this.#forgotten && this.#hasRoomAt(this.#forgotten, units));
  }

  #hasRoomAt(at: number, units: number): boolean {
    const { algorithm, windowMs, epochMs, limit } = this.#budget;
    switch (algorithm) {
      case 'sliding-window':
        return this.#since(at - (at % epochMs) - windowMs) + units <= limit;
      case 'sliding-window-log':
        return this.#since(at - windowMs + 1) + units <= limit;
      case 'sliding-window-counter': {
        const start = at - (at % windowMs);
        const present = this.#since(start);
        const previous = this.#since(start - windowMs) - present;
        // It fades in hundredths, none before its time.
        const hundredths = Math.ceil(((start + windowMs - at) * 100) / windowMs);
        return previous * hundredths <= (limit - present - units) * 100;
      }
      default:
        return this.#since(windowStart(this.#budget, at)) + units <= limit;
    }
  }

  count(clock: number, units: number): Counted {
    const { algorithm, windowMs, epochMs } = this.#budget;
    const at = Math.max(clock, this.newest);
    const entry: Entry = { at, units };
    this.#counted.push(entry);
    // Nothing reaches back two windows.
    if (this.#counted.length > 100) this.#counted = this.#counted.filter((one) => one.at >= at - 2 * windowMs);
    const slides = algorithm === 'sliding-window' || algorithm === 'sliding-window-log';
    this.newest = slides ? at - (at % epochMs) : windowStart(this.#budget, at);
    const end = slides ? this.newest + epochMs : windowStart(this.#budget, this.newest + windowMs);
    // What a log counts, it counts in that millisecond.
    const until = algorithm === 'sliding-window-log' ? at + 1 : end;
    const counts = () =>
      at >= (slides ? this.newest - windowMs + (algorithm === 'sliding-window' ? 0 : 1) : this.newest);
    return { until, waitMs: 0, exact: true, entry, counts };
  }

  #since(from: number): number {
    let sum = 0;
    for (const one of this.#counted) if (one.at >= from) sum += one.units;
    return sum;
  }
}

const DAY_MS = 86_400_000;

/** When the fixed window begins that `at` lies in; periods of the calendar as ISO 8601 writes them. */
export function windowStart({ calendar, windowMs }: Budget, at: number): number {
  if (calendar === undefined) return at - (at % windowMs);
  const date = new Date(at).toISOString();
  if (calendar === 'month') return Date.parse(`${date.slice(0, 7)}-01T00:00:00Z`);
  const midnight = Date.parse(`${date.slice(0, 10)}T00:00:00Z`);
  // A week begins on Monday, and Sunday is 0.
  return calendar === 'day' ? midnight : midnight - ((new Date(at).getUTCDay() + 6) % 7) * DAY_MS;
}
