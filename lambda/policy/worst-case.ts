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
 * - sliding-window: the limit for each started window.
 * - fixed-window: one window more than fit, because the time may begin at the end of one.
 * - token-bucket: a full bucket, and what flows in at the epoch starts that fall into the time.
 */
export function mostWithin(budget: Budget, ms: number): number {
  const { algorithm, limit, windowMs, epochMs } = budget;
  if (algorithm === 'sliding-window') return limit * Math.ceil(ms / windowMs);
  if (algorithm === 'fixed-window') return limit * (Math.ceil(ms / windowMs) + 1);
  const refilled = Math.floor((Math.ceil(ms / epochMs) * epochMs * 1000) / tokenMicros(budget));
  return (budget.burst ?? limit) + refilled;
}

/** One budget's worst case in words. */
export function worstCaseText(budget: Budget): string {
  const { algorithm, limit, windowMs, burst } = budget;
  const rate = rateText(budget);
  const span = spanText(windowMs);
  const window = span.startsWith('1 ') ? span.slice(2) : span;
  const most = mostWithin(budget, windowMs);
  const minute = windowMs === MINUTE_MS ? '' : `; at most ${mostWithin(budget, MINUTE_MS)} in one minute`;
  if (algorithm === 'sliding-window') {
    return `${rate}: at most ${limit} in any ${window}, at least 0.91 of that under steady demand${minute}`;
  }
  if (algorithm === 'fixed-window') {
    return `${rate}, counted from ${startText(windowMs)}: at most ${most} in any ${window}, around the start of one${minute}`;
  }
  const spoken = span.startsWith('1 ') ? `one ${span.slice(2)}` : span;
  return `${rate} with a burst of ${burst}: at most ${most} in ${spoken}${minute}`;
}

/** Fixed windows begin at whole multiples of their length since 1970-01-01T00:00Z. */
function startText(windowMs: number): string {
  const span = spanText(windowMs);
  if (span === '1 day') return 'midnight UTC';
  return span.startsWith('1 ') ? `each full ${span.slice(2)}` : `each multiple of ${span} since 1970 (UTC)`;
}
