import type { Budget, CalendarPeriod } from '../../policy/policy.ts';

/** How time is cut into the windows of a fixed window. Times are milliseconds since the epoch, UTC. */
export interface Periods {
  /** The number of the period that `time` lies in; later periods have higher numbers. */
  at(time: number): number;
  /** When a period begins; it ends when the next one begins. */
  start(period: number): number;
}

/** The periods of a budget: of the calendar where it says so, else whole multiples of its window. */
export function periodsOf({ calendar, windowMs }: Pick<Budget, 'calendar' | 'windowMs'>): Periods {
  return calendar ? CALENDAR[calendar] : multiples(windowMs, 0);
}

const DAY_MS = 86_400_000;

/** @param offset when a period begins, any one */
const multiples = (ms: number, offset: number): Periods => ({
  at: (time) => Math.floor((time - offset) / ms),
  start: (period) => period * ms + offset,
});

/** Days of UTC have no leap seconds here: 1970-01-01 and every midnight after it is a multiple of 86,400 s. */
const CALENDAR: Readonly<Record<CalendarPeriod, Periods>> = {
  day: multiples(DAY_MS, 0),
  // 1970-01-01 was a Thursday; the week of ISO 8601 that it lies in began three days before.
  week: multiples(7 * DAY_MS, -3 * DAY_MS),
  month: {
    at: (time) => {
      const date = new Date(time);
      return (date.getUTCFullYear() - 1970) * 12 + date.getUTCMonth();
    },
    // Months beyond December count on into later years.
    start: (period) => Date.UTC(1970, period, 1),
  },
};
