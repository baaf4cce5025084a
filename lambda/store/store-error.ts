import { StoreError } from '../limiter/store-error.ts';

export { StoreError } from '../limiter/store-error.ts';

/** HG301: no answer within the deadline. Whether the write happened is not known. */
export class StoreDeadlineError extends StoreError {
  constructor(deadlineMs: number, sent: number) {
    super('HG301', 'deadline', `the counters table did not answer within ${deadlineMs} ms`, { sent });
  }
}

/** HG302: the table, or this item's partition (1,000 write units a second), takes no more now. */
export class StoreThrottledError extends StoreError {
  constructor(cause: unknown) {
    super('HG302', 'throttled', `the counters table refused a write for its rate (${nameOf(cause)})`, { cause });
  }
}

/** HG303: the table could not be reached or answered with an error. */
export class StoreUnavailableError extends StoreError {
  /** Whether the same write may well succeed at once: a connection that had gone stale, a server error. */
  readonly passing: boolean;

  constructor(cause: unknown, passing: boolean, sent = 1) {
    super('HG303', 'unavailable', `the counters table did not take a write (${nameOf(cause)})`, { cause, sent });
    this.passing = passing;
  }
}

/** HG304: after repeated failures the table is not asked for a while. Nothing was sent. */
export class StoreBreakerOpenError extends StoreError {
  constructor(pauseMs: number) {
    super('HG304', 'breaker-open', `the counters table failed repeatedly and is not asked for ${pauseMs} ms`, {
      sent: 0,
    });
  }
}

/** HG310: an item holds a number that is no count. Counted or not, what it says cannot be relied on. */
export class StoreItemError extends StoreError {
  constructor(attribute: string) {
    super(
      'HG310',
      'unavailable',
      `an item of the counters table holds no whole number from 0 in ${attribute.slice(0, 40)}`,
    );
  }
}

/** The kind of an error and never its message: AWS messages can hold account ids and parts of a request. */
function nameOf(error: unknown): string {
  const { name, code } = (error ?? {}) as { name?: unknown; code?: unknown };
  return [name, code].filter((part) => typeof part === 'string').join(' ') || 'unknown error';
}
