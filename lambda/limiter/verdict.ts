import type { Budget } from '../policy/policy.ts';

/** One limit to be charged for one request, resolved to the caller's tier. */
export interface Charge {
  /** The limit's name in the policy. */
  readonly name: string;
  readonly budget: Budget;
  /** Whole units, at least 1. */
  readonly cost: number;
  readonly mode: 'enforce' | 'shadow';
  readonly onStoreFailure: 'allow' | 'deny';
}

/** All the charges of one request that are counted for one subject: one item, one conditional write. */
export interface SubjectCharges {
  /** The item's key, for example `client:acme`, `address:203.0.113.7`, `route:POST /login`, `all`. */
  readonly subject: string;
  readonly charges: readonly Charge[];
  /** Many callers meet this subject (`per: all`, `per: route`): its units may be taken ahead, several in one write. */
  readonly shared?: boolean;
  /**
   * What is taken may turn out not to count: `Limiter.refund` gives it back. Windows only (`fixed-window`,
   * `sliding-window`, `sliding-window-log`); nothing is taken ahead, and a denial is believed for a second at most.
   */
  readonly refundable?: boolean;
}

/** Where one limit stands after a decision. Times are milliseconds since the epoch on the limiter's clock. */
export interface LimitStatus {
  readonly name: string;
  readonly subject: string;
  readonly mode: 'enforce' | 'shadow';
  /** The limit's size: units per window, or the bucket's burst. */
  readonly limit: number;
  readonly windowMs: number;
  /** Where it is not `windowMs`: how long the whole limit takes to flow back, ms (buckets, queues). */
  readonly fillMs?: number;
  /** Whole units left after this decision, never below 0. */
  readonly remaining: number;
  /** When the whole limit is free again if nothing more is sent. */
  readonly resetAt: number;
  /** Whether this limit had room for the request. */
  readonly allowed: boolean;
  /** Present where it had no room: the first instant at which the same request could pass this limit. */
  readonly retryAt?: number;
  /** Present where the request stands in this limit's queue: how long until its turn, ms. */
  readonly waitMs?: number;
}

/** Why the store could not be asked. */
export type StoreFailure = 'deadline' | 'throttled' | 'unavailable' | 'breaker-open' | 'clock' | 'contention';

/** The answer for one request over all the limits that match it. */
export interface Verdict {
  /** False only where an enforced limit had no room, or the store failed under `onStoreFailure: deny`. */
  readonly allowed: boolean;
  /** Every limit that was asked, in the policy's order, shadow ones too. Empty where no limit matched. */
  readonly limits: readonly LimitStatus[];
  /** The most restrictive enforced limit: of those that deny the last to free up, else the fewest units left. */
  readonly binding?: LimitStatus;
  /** Present where `allowed` is false: the first instant at which the same request could pass all limits. */
  readonly retryAt?: number;
  /**
   * Present where the request passes, but has to wait for its turn in a queue first (`leaky-bucket`): whole milliseconds,
   * the longest wait of its enforced limits. Whoever acts on the verdict waits: see `waitOut`.
   */
  readonly waitMs?: number;
  /** Present where the store could not be asked; `allowed` is then what `onStoreFailure` says. */
  readonly failure?: StoreFailure;
  /** Writes sent for this decision, failed conditions and retries included. */
  readonly writes: number;
}
