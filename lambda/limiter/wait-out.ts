import type { Verdict } from './verdict.ts';

/**
 * Waits until a request's turn in a queue (`leaky-bucket`) has come. The limiter only says how long; whoever lets the
 * request through calls this first.
 *
 * ```ts
 * const verdict = await limiter.decide(charges);
 * await waitOut(verdict, (ms) => setTimeout(ms)); // of node:timers/promises
 * ```
 *
 * @param sleep resolves after so many milliseconds
 * @returns how long it waited, ms; 0 where there was nothing to wait for. At most the limit's `maxDelay`.
 */
export async function waitOut(verdict: Verdict, sleep: (ms: number) => Promise<unknown>): Promise<number> {
  const { allowed, waitMs = 0 } = verdict;
  if (!allowed || waitMs <= 0) return 0;
  await sleep(waitMs);
  return waitMs;
}
