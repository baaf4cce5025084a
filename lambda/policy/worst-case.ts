import { tokenMicros } from './budget.ts';
import type { Budget, Limit } from './policy.ts';
import { rateText, spanText } from './rate.ts';

const MINUTE_MS = 60_000;

/** What a limit lets through at worst, whatever its callers do. In units: requests, where the cost is 1. */
export interface WorstCase {
  /** Tiers that share it; empty where all do. */
  readonly tiers: readonly string[];
  /** In any 60 seconds. */
  readonly perMinute: number;
  /** In any time of the length of the limit's window. */
  readonly perWindow: number;
  /** Both in words: `60/minute with a burst of 20: at most 80 in one minute`. */
  readonly text: string;
}

/** The worst cases of a limit by tier, equal ones together. */
export function worstCases(limit: Limit): readonly WorstCase[] {
  const tiersByText = new Map<string, { tiers: string[]; budget: Budget }>();
  for (const [tier, budget] of Object.entries(limit.budgets)) {
    const text = worstCaseText(budget);
    const entry = tiersByText.get(text);
    if (entry) entry.tiers.push(tier);
    else tiersByText.set(text, { tiers: [tier], budget });
  }
  return [...tiersByText.entries()].map(([text, { tiers, budget }]) => ({
    tiers: tiersByText.size === 1 ? [] : tiers,
    perMinute: mostWithin(budget, MINUTE_MS),
    perWindow: mostWithin(budget, budget.windowMs),
    text,
  }));
}

/**
 * The most units that can pass in any `ms` milliseconds, with callers who know the limiter's clock and do their worst.
 *
 * - sliding-window, sliding-window-log: the limit for each started window.
 * - sliding-window-counter: the limit at the end of a window, and in the next one what has faded of it by then.
 * - fixed-window: one window more than fit, because the time may begin at the end of one.
 * - token-bucket: a full bucket, and what flows in at the epoch starts that fall into the time.
 * - leaky-bucket: what leaves the queue, with the clump that an epoch may let through.
 */
export function mostWithin(budget: Budget, ms: number): number {
  const { algorithm, limit, windowMs, epochMs, calendar } = budget;
  switch (algorithm) {
    case 'sliding-window':
    case 'sliding-window-log':
      return limit * Math.ceil(ms / windowMs);
    case 'sliding-window-counter': {
      const whole = Math.ceil(ms / windowMs) - 1;
      return (whole + 1) * limit + Math.floor((limit * (ms - whole * windowMs - 1)) / windowMs);
    }
    case 'fixed-window':
      return limit * (Math.ceil(ms / (calendar === 'month' ? SHORTEST_MONTH_MS : windowMs)) + 1);
    case 'token-bucket': {
      const refilled = Math.floor((Math.ceil(ms / epochMs) * epochMs * 1000) / tokenMicros(budget));
      return (budget.burst ?? limit) + refilled;
    }
    case 'leaky-bucket':
      return Math.floor(((ms + epochMs) * 1000) / tokenMicros(budget)) + 1;
  }
}

/** One budget's worst case in words. */
export function worstCaseText(budget: Budget): string {
  const { algorithm, limit, windowMs, epochMs, burst, queue, maxDelayMs = 0, calendar } = budget;
  const rate = rateText(budget);
  const span = spanText(windowMs);
  const window = span.startsWith('1 ') ? span.slice(2) : span;
  const most = mostWithin(budget, windowMs);
  const minute = windowMs === MINUTE_MS ? '' : `; at most ${mostWithin(budget, MINUTE_MS)} in one minute`;
  const spoken = span.startsWith('1 ') ? `one ${span.slice(2)}` : span;
  switch (algorithm) {
    case 'sliding-window': {
      const epochs = windowMs / epochMs;
      const share = (Math.floor((100 * epochs) / (epochs + 1) + 0.5) / 100).toFixed(2);
      return `${rate}: at most ${limit} in any ${window}, at least ${share} of that under steady demand${minute}`;
    }
    case 'sliding-window-log':
      return `${rate}: at most ${limit} in any ${window}, exact to the millisecond${minute}`;
    case 'sliding-window-counter':
      return `${rate}, the previous ${window} fading: at most ${most} in any ${window}, around the start of one${minute}`;
    case 'fixed-window':
      return `${rate}, counted from ${startText(windowMs, calendar)}: at most ${most} in any ${window}, around the start of one${minute}`;
    case 'token-bucket':
      return `${rate} with a burst of ${burst}: at most ${most} in ${spoken}${minute}`;
    case 'leaky-bucket':
      return `${rate}, up to ${queue} waiting at most ${maxDelayMs / 1000} s: at most ${most} leave in ${spoken}${minute}`;
  }
}

const SHORTEST_MONTH_MS = 28 * 86_400_000;

/** Fixed windows begin at whole multiples of their length since 1970-01-01T00:00Z, or with the calendar's periods. */
function startText(windowMs: number, calendar: Budget['calendar']): string {
  if (calendar === 'month') return 'the first of the month, midnight UTC';
  if (calendar === 'week') return 'Monday, midnight UTC';
  const span = spanText(windowMs);
  if (span === '1 day') return 'midnight UTC';
  return span.startsWith('1 ') ? `each full ${span.slice(2)}` : `each multiple of ${span} since 1970 (UTC)`;
}
