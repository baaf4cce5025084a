import { HeadgateError } from '../errors/headgate-error.ts';
import type { StoreFailure } from './verdict.ts';

/**
 * The counters could not be asked: it is not known what happened to a write, or it is known that nothing did.
 *
 * What a `CounterStore` throws, and all that the limiter answers by a limit's `onStoreFailure`. Any other error is a
 * programming error and passes through.
 */
export class StoreError extends HeadgateError {
  readonly reason: StoreFailure;
  /** How many writes were sent before this error; 0 where it is known that none was. */
  readonly sent: number;

  constructor(code: string, reason: StoreFailure, message: string, options?: ErrorOptions & { sent?: number }) {
    super(code, message, options);
    this.reason = reason;
    this.sent = options?.sent ?? 1;
  }
}

/** HG305: an item is further ahead than a clock error explains. The answer is by `onStoreFailure` until it is caught up. */
export class StoreClockError extends StoreError {
  constructor(subject: string, aheadMs: number) {
    super(
      'HG305',
      'clock',
      `the counters of ${subject} are ${Math.round(aheadMs / 1000)} s ahead of this clock (at most 10 s is taken for a clock error)`,
      { sent: 0 },
    );
  }
}

/** HG306: others were faster every time. */
export class StoreContentionError extends StoreError {
  constructor(subject: string, tries: number) {
    super('HG306', 'contention', `the counters of ${subject} changed under each of ${tries} tries`, { sent: 0 });
  }
}

/** HG307: written by a newer version of the functions, as happens while a deploy replaces them. */
export class StoreFormatError extends StoreError {
  constructor(subject: string, format: number) {
    super('HG307', 'unavailable', `the counters of ${subject} have format ${format}, newer than this version knows`, {
      sent: 0,
    });
  }
}
