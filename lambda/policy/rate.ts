import type { CalendarPeriod } from './policy.ts';
import type { Finding } from './problem.ts';

/** `limit` units per `windowMs`. */
export interface Rate {
  readonly limit: number;
  /** Whole milliseconds, at least 1,000; of a calendar month the longest. */
  readonly windowMs: number;
  /** The windows are periods of the calendar, UTC. */
  readonly calendar?: CalendarPeriod;
}

/** Units per second beyond which a rate is refused: 1,000,000. */
export const MAX_PER_SECOND = 1_000_000;
const UNITS = { second: 1000, minute: 60_000, hour: 3_600_000, day: 86_400_000 } as const;
/** The longest window or time to fill a bucket: 366 days. */
export const MAX_WINDOW_MS = 366 * UNITS.day;
/** The longest period of each kind, ms. */
const CALENDAR = { day: UNITS.day, week: 7 * UNITS.day, month: 31 * UNITS.day } as const;
/** For the JSON Schema; `parseRate` is as strict and says why. */
export const RATE_PATTERN = /^[1-9][0-9]* ?\/ ?(calendar-(day|week|month)|([1-9][0-9]* )?(second|minute|hour|day)s?)$/;

const ALLOWED =
  'COUNT/UNIT or COUNT/N UNITS with whole numbers; units: second, minute, hour, day, and calendar-day, calendar-week, ' +
  'calendar-month (60/minute, 100/15 minutes, 10000/calendar-month)';
const SYNONYMS: Readonly<Record<string, string>> = {
  s: 'second',
  sec: 'second',
  secs: 'second',
  m: 'minute',
  min: 'minute',
  mins: 'minute',
  h: 'hour',
  hr: 'hour',
  hrs: 'hour',
  d: 'day',
  week: '7 days',
  weeks: '7 days',
  w: '7 days',
  month: '30 days',
  months: '30 days',
  year: '365 days',
  years: '365 days',
};

/** Reads `60/minute` or `100/15 minutes`. */
export function parseRate(value: unknown): Rate | Finding {
  if (typeof value === 'number') {
    return wrong(
      `\`${value}\` does not say in which time`,
      `write ${value > 0 ? Math.ceil(value) : 60}/minute, or another unit`,
    );
  }
  if (typeof value !== 'string') return wrong('a rate is a text such as 60/minute', 'write 60/minute, for example');
  const text = value.trim();
  const parts = /^([^/]*?)\s*(?:\/|\bper\b)\s*(?:(\S+)\s+)?(\S+)$/i.exec(text);
  if (parts === null) return wrong(`\`${shorten(text)}\` is not a rate`, 'write 60/minute, for example');
  const [, count = '', times = '1', unit = ''] = parts;
  const calendar = calendarMeant(times, unit);
  if (calendar !== undefined) return calendarRate(text, count, calendar);
  const meant = unitMeant(unit);
  if (meant === undefined)
    return wrong(`\`${shorten(unit)}\` is not a unit of time`, 'use second, minute, hour, day or calendar-month');
  const whole = /^\d+$/;
  if (!whole.test(count)) {
    const plain = count.replace(/[,_ ']/g, '');
    const mend = whole.test(plain)
      ? `write ${plain}/${unit}`
      : 'use a whole number; for less than 1 take a longer time (1/2 minutes)';
    return wrong(`\`${shorten(count)}\` is not a whole number`, mend);
  }
  if (!whole.test(times))
    return wrong(`\`${shorten(times)}\` is not a whole number of ${unit}`, 'write 100/15 minutes, for example');
  if (Number(count) === 0)
    return wrong('a rate of 0 would refuse everything', 'use at least 1, or block the caller (`headgate block`)');
  if (Number(times) === 0) return wrong(`0 ${unit} is no time`, 'use at least 1');
  if (!RATE_PATTERN.test(text)) {
    const [, each = '', word = meant] = /^(\d+) (.*)$/.exec(meant) ?? [];
    const several = Number(times) * Number(each || 1);
    const span = several === 1 ? word : `${several} ${word}`;
    const period = /week|month/.exec(unit.toLowerCase())?.[0];
    const or = period && times === '1' ? `, or ${Number(count)}/calendar-${period}` : '';
    return wrong(`\`${shorten(text)}\` is not written as a rate`, `write ${Number(count)}/${span}${or}`);
  }
  const windowMs = Number(times) * UNITS[meant as keyof typeof UNITS];
  if (windowMs > MAX_WINDOW_MS) return wrong(`${times} ${unit} is too long`, 'use a window of at most 366 days');
  if (Number(count) * 1000 > MAX_PER_SECOND * windowMs) {
    return wrong(`${text} is more than 1,000,000/second`, 'use at most 1000000/second, or leave the limit out');
  }
  return { limit: Number(count), windowMs };
}

/** `60/minute`, `100/15 minutes`: a rate in the policy's words. */
export function rateText({ limit, windowMs, calendar }: Rate): string {
  return calendar ? `${limit}/calendar-${calendar}` : `${limit}/${spanText(windowMs, true)}`;
}

/** `1 minute` (or `minute`), `15 minutes`: the largest unit that divides the time. */
export function spanText(ms: number, short = false): string {
  for (const [unit, length] of Object.entries(UNITS).reverse()) {
    const count = ms / length;
    if (!Number.isInteger(count)) continue;
    if (count === 1) return short ? unit : `1 ${unit}`;
    return `${count} ${unit}s`;
  }
  return `${ms / 1000} seconds`;
}

/** `calendar-month`, and what is meant for it: `calendar month`, `Calendar-Months`. */
function calendarMeant(times: string, unit: string): string | undefined {
  const written = times === '1' ? unit : `${times}-${unit}`;
  return /^(\d+-)?calendar-/i.test(written) ? written : undefined;
}

function calendarRate(text: string, count: string, written: string): Rate | Finding {
  const period = /calendar-(day|week|month)s?$/i.exec(written)?.[1]?.toLowerCase() as CalendarPeriod | undefined;
  if (period === undefined) {
    return wrong(
      `\`${shorten(written)}\` is no period of the calendar`,
      'use calendar-day, calendar-week or calendar-month',
    );
  }
  const whole = /^[1-9]\d*$/.test(count);
  if (!whole || !RATE_PATTERN.test(text)) {
    const mend = `write ${whole ? count : 10_000}/calendar-${period}`;
    return wrong(`\`${shorten(text)}\` is not written as a rate`, mend);
  }
  const windowMs = CALENDAR[period];
  if (Number(count) * 1000 > MAX_PER_SECOND * windowMs) {
    return wrong(`${text} is more than 1,000,000/second`, 'use at most 1000000/second, or leave the limit out');
  }
  return { limit: Number(count), windowMs, calendar: period };
}

function unitMeant(unit: string): string | undefined {
  const lower = unit.toLowerCase();
  const singular = lower.replace(/s$/, '');
  if (Object.hasOwn(UNITS, singular)) return singular;
  return Object.hasOwn(SYNONYMS, lower) ? SYNONYMS[lower] : undefined;
}

const shorten = (text: string): string => (text.length > 40 ? `${text.slice(0, 39)}…` : text);
const wrong = (message: string, mend: string): Finding => ({ code: 'HG109', message, allowed: ALLOWED, mend });
