import { sizeOf } from '../../lambda/policy/budget.ts';
import type { Budget } from '../../lambda/policy/policy.ts';
import { spanText } from '../../lambda/policy/rate.ts';

/** One budget in a consumer's words: how much, in which time, and when there is more. */
export function limitWords(budget: Budget): string {
  const { algorithm, limit, windowMs, calendar } = budget;
  const span = calendar ?? spanText(windowMs, true);
  const rate = `${limit} per ${span}`;
  switch (algorithm) {
    case 'sliding-window':
    case 'sliding-window-log':
      return `${rate}: at most ${limit} in any ${span}`;
    case 'sliding-window-counter':
      return `${rate}: what came in the ${span} before counts less and less`;
    case 'fixed-window':
      return `${rate}: counted anew ${startWords(windowMs, calendar)}`;
    case 'token-bucket':
      return `up to ${sizeOf(budget)} at once, refilled at ${rate}`;
    case 'leaky-bucket':
      return `${rate}, evenly: ${queueWords(sizeOf(budget) - 1, budget.maxDelayMs ?? 0)}`;
  }
}

function queueWords(places: number, maxDelayMs: number): string {
  if (places === 0) return 'one at a time, and none waits for its turn';
  return `up to ${places} more ${places === 1 ? 'waits for its' : 'wait for their'} turn, at most ${seconds(maxDelayMs)}`;
}

function startWords(windowMs: number, calendar: Budget['calendar']): string {
  if (calendar === 'month') return 'on the first of the month, midnight UTC';
  if (calendar === 'week') return 'on Monday, midnight UTC';
  if (calendar === 'day' || windowMs === DAY_MS) return 'at midnight UTC';
  const span = spanText(windowMs, true);
  return span.includes(' ') ? `every ${span}` : `with each ${span} of the clock`;
}

const DAY_MS = 86_400_000;
const seconds = (ms: number): string => (ms === 1000 ? '1 second' : `${ms / 1000} seconds`);
