import { setTimeout } from 'node:timers/promises';

export interface WatchParts {
  readonly everyMs: number;
  /** Absent: until interrupted. */
  readonly forMs?: number | undefined;
  /** Milliseconds. */
  readonly clock: () => number;
  /** Rejects where the signal is aborted meanwhile. */
  readonly sleep: (ms: number, signal: AbortSignal) => Promise<unknown>;
  /** Tells of a round that failed; the next may not. */
  readonly onFailure: (error: unknown) => void;
  readonly signal: AbortSignal;
}

export const sleepUnlessAborted: WatchParts['sleep'] = (ms, signal) => setTimeout(ms, undefined, { signal });

/**
 * Does something again and again, until the time is over or the signal is aborted. The first failure is thrown: what is
 * wrong from the beginning is not worth waiting for.
 */
export async function watch(
  round: () => Promise<void>,
  { everyMs, forMs, clock, sleep, onFailure, signal }: WatchParts,
): Promise<void> {
  const end = forMs === undefined ? Number.POSITIVE_INFINITY : clock() + forMs;
  for (let first = true; !signal.aborted; first = false) {
    const begin = clock();
    try {
      await round();
    } catch (error) {
      if (first) throw error;
      onFailure(error);
    }
    const next = Math.max(begin + everyMs, clock());
    if (next >= end) return;
    await sleep(next - clock(), signal).catch(() => undefined);
  }
}

/** Runs with a signal that Ctrl-C aborts; a second Ctrl-C ends the process at once. */
export async function untilInterrupted<T>(run: (signal: AbortSignal) => Promise<T>): Promise<T> {
  const interruption = new AbortController();
  const stop = () => interruption.abort();
  const names = ['SIGINT', 'SIGTERM', 'SIGHUP'] as const;
  for (const name of names) process.once(name, stop);
  try {
    return await run(interruption.signal);
  } finally {
    for (const name of names) process.off(name, stop);
  }
}
