import type { ConditionalWrite, CounterStore, UpdateOptions, WriteOutcome } from '../limiter/counter-store.ts';
import { StoreError } from '../limiter/store-error.ts';
import { Breaker } from './breaker.ts';
import { StoreBreakerOpenError, StoreDeadlineError, StoreItemError, StoreUnavailableError } from './store-error.ts';

/** Node's timers, or a test's. */
export interface Timers {
  set(callback: () => void, ms: number): unknown;
  clear(timer: unknown): void;
}

export interface ReliableStoreOptions {
  /**
   * How long the first decision may take, ms: it may have to open the connection.
   *
   * @default 1000
   */
  readonly firstDeadlineMs?: number;
  /**
   * How long each later decision may take, ms.
   *
   * @default 150
   */
  readonly deadlineMs?: number;
  /**
   * Failures in a row after which the store is not asked for a while.
   *
   * @default 5
   */
  readonly breakerFailures?: number;
  /**
   * How long it is not asked, until the next probe, ms.
   *
   * @default 1000
   */
  readonly breakerPauseMs?: number;
  /** Milliseconds that never go back. @default performance.now */
  readonly clock?: () => number;
  /** @default Node's */
  readonly timers?: Timers;
}

const NODE_TIMERS: Timers = {
  set: (callback, ms) => setTimeout(callback, ms),
  clear: (timer) => clearTimeout(timer as NodeJS.Timeout),
};

/**
 * Puts a deadline, one retry and a breaker around a store.
 *
 * The deadline counts from `forDecision` and holds for all writes of that decision. A write is sent again once, at once,
 * where the connection was lost or the server failed: whether the first one happened is not known, and counting one unit
 * too many is safe, letting everything through is not. Throttles are not repeated, nor do they open the breaker: they
 * are quick answers, and usually of one item. So is an item that holds no counts.
 */
export function reliableStore(store: CounterStore, options: ReliableStoreOptions = {}): CounterStore {
  const clock = options.clock ?? (() => performance.now());
  const timers = options.timers ?? NODE_TIMERS;
  const deadlineMs = options.deadlineMs ?? 150;
  const breaker = new Breaker({
    failures: options.breakerFailures ?? 5,
    pauseMs: options.breakerPauseMs ?? 1000,
    clock,
  });
  let allowedMs = options.firstDeadlineMs ?? 1000;

  const forDecision = () => {
    const mayTake = allowedMs;
    allowedMs = deadlineMs;
    const deadline = clock() + mayTake;
    return {
      async update(subject: string, write: ConditionalWrite, options?: UpdateOptions): Promise<WriteOutcome> {
        if (!breaker.admits()) throw new StoreBreakerOpenError(breaker.pauseMs);
        let sent = 0;
        try {
          const outcome = await within(deadline - clock(), timers, async (signal) => {
            for (;;) {
              sent++;
              try {
                return await store.update(subject, write, { signal });
              } catch (error) {
                const again = error instanceof StoreUnavailableError && error.passing && sent === 1;
                if (!again || options?.once || signal.aborted) throw error;
              }
            }
          });
          breaker.succeeded();
          return { ...outcome, sent };
        } catch (error) {
          if (isAnswer(error)) breaker.succeeded();
          else breaker.failed();
          if (error === OVERDUE) throw new StoreDeadlineError(mayTake, sent);
          if (error instanceof StoreUnavailableError) throw new StoreUnavailableError(error.cause, error.passing, sent);
          throw error;
        }
      },
    };
  };
  return { forDecision, update: (...write) => forDecision().update(...write) };
}

/** The store has answered, and quickly; what is wrong is one item's, or passes by itself. */
const isAnswer = (error: unknown): boolean =>
  error instanceof StoreItemError || (error instanceof StoreError && error.reason === 'throttled');

const OVERDUE = Symbol('overdue');

/** Rejects with OVERDUE, and aborts what is under way, when `ms` have passed. */
function within<T>(ms: number, timers: Timers, work: (signal: AbortSignal) => Promise<T>): Promise<T> {
  const controller = new AbortController();
  return new Promise<T>((resolve, reject) => {
    const timer = timers.set(
      () => {
        reject(OVERDUE);
        controller.abort();
      },
      Math.max(0, ms),
    );
    work(controller.signal)
      .then(resolve, reject)
      .finally(() => timers.clear(timer));
  });
}
