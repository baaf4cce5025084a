import { tokenMicros } from './budget.ts';
import type { Finding } from './problem.ts';
import { type Rate, rateText } from './rate.ts';

/** How long a request waits in a queue at most, where the policy does not say, ms. */
export const DEFAULT_DELAY_MS = 2000;
/**
 * The longest that a policy may let wait, ms: the authorizer's function ends after 5 s, of which a decision on a new
 * connection may take one.
 */
export const MAX_DELAY_MS = 3000;
/** For the JSON Schema; `parseDelay` is as strict and says why. */
export const DELAY_PATTERN = /^([1-9][0-9]{0,3}ms|[1-3](\.[0-9]{1,3})?s|0\.[0-9]{1,3}s)$/;

/** Reads `500ms` or `2s` as milliseconds. */
export function parseDelay(value: unknown): { readonly ms: number } | Finding {
  const parts = typeof value === 'string' ? /^(\d+(?:\.\d+)?)\s*(ms|s)$/i.exec(value.trim()) : null;
  if (parts === null) {
    const seconds = typeof value === 'number' && value > 0 && value <= 3 ? value : 2;
    return delay(`\`${String(value).slice(0, 40)}\` is not a time`, `write ${seconds}s, or 500ms`);
  }
  const [, count = '', unit = ''] = parts;
  const ms = Math.round(Number(count) * (unit.toLowerCase() === 's' ? 1000 : 1));
  if (ms > MAX_DELAY_MS) {
    return delay(
      `a wait of ${count}${unit} is too long: the authorizer has to answer within 5 s`,
      'use at most 3s, and let callers come again for longer ones',
    );
  }
  if (ms < 1) return delay('no wait at all', 'use at least 1ms, or another algorithm');
  if (!DELAY_PATTERN.test(String(value))) return delay(`\`${value}\` is not written as a time`, `write ${ms}ms`);
  return { ms };
}

/** What is wrong with a queue's length. */
export function queueFinding(value: unknown): Finding | undefined {
  if (typeof value === 'number' && Number.isSafeInteger(value) && value >= 1 && value <= 1_000_000) return undefined;
  const message = value === 0 ? 'a queue of 0 lets nobody wait' : 'not the length of a queue';
  return queue(message, 'use a whole number from 1 to 1000000, or `algorithm: token-bucket`');
}

/** Places in a queue that nobody can wait in, because their turn comes after the longest wait. A warning. */
export function unreachablePlaces(rate: Rate, length: number, maxDelayMs: number): Finding | undefined {
  const reachable = Math.floor((maxDelayMs * 1000) / tokenMicros(rate));
  if (reachable >= length) return undefined;
  const waits = `${reachable} ${reachable === 1 ? 'request waits' : 'requests wait'}`;
  return queue(
    `at ${rateText(rate)} at most ${waits} within ${maxDelayMs / 1000}s: the rest of a queue of ${length} is never used`,
    reachable > 0
      ? `use \`queue: ${reachable}\`, or a longer maxDelay`
      : 'use token-bucket: the rate is slower than the wait',
  );
}

export const missingQueue = (): Finding =>
  queue('`algorithm: leaky-bucket` needs `queue`', 'add `queue: 20`, for example: how many may wait for their turn');

/** `key` stands beside an algorithm that has no such thing. */
export function misplaced(key: string, algorithm: string, of: string): Finding {
  return {
    code: 'HG123',
    message: `\`${algorithm}\` has no ${key}`,
    allowed: `${key} only with \`algorithm: ${of}\``,
    mend: `add \`algorithm: ${of}\`, or take \`${key}\` away`,
  };
}

const queue = (message: string, mend: string): Finding => ({
  code: 'HG123',
  message,
  allowed: 'a whole number of requests from 1, only with `algorithm: leaky-bucket`',
  mend,
});
const delay = (message: string, mend: string): Finding => ({
  code: 'HG123',
  message,
  allowed: 'a time from 1ms to 3s: 500ms, 2s, 1.5s',
  mend,
});
