import type { LimitStatus } from '../limiter/verdict.ts';
import { MetricBatch, type Place } from './metric-batch.ts';
import type { MetricName } from './metric-names.ts';

/** What is known of one decision besides its answer. */
export interface DecisionDetails extends Place {
  /** The limit that had no room. */
  readonly limited?: string | undefined;
  /** The limits with `mode: shadow` that had none. */
  readonly shadowLimited: readonly string[];
  /** Where its limits stand that it was counted in; none where it was denied, or they could not be asked. */
  readonly limits: readonly LimitStatus[];
  /** Writes sent to the counters. */
  readonly writes: number;
  /** How long the function took for it, a wait in a queue apart, ms. */
  readonly tookMs?: number | undefined;
}

/** Takes note of decisions. */
export interface MetricsSink {
  /** @param waitedMs how long the request waited for its turn in a queue */
  record(names: readonly MetricName[], waitedMs?: number, details?: DecisionDetails): void;
  /** A request got no answer because of a fault of our own. */
  failed?(): void;
}

export interface ContainerMetricsOptions {
  /** The value of the dimension `Gate`. */
  readonly gate: string;
  /** Takes one line of the log, without its end. */
  readonly write: (line: string) => void;
  /** Milliseconds since the epoch. */
  readonly now: () => number;
  /** How long is gathered before lines are written, ms. @default 10,000 */
  readonly everyMs?: number | undefined;
  /** From 0 up to 1: which times are kept where there are more than fit a line. @default Math.random */
  readonly random?: () => number;
  /** Whether the container's first request is counted as `ColdStart`. @default true */
  readonly coldStarts?: boolean;
  /** How many of a decision's limits have come near the end of their period. @default - none */
  readonly nearQuota?: (limits: readonly LimitStatus[]) => number;
}

export const FLUSH_MS = 10_000;

/**
 * The metrics of one container. Nothing runs between two requests of a container, so what it has counted is written with a
 * later request: with the first one, and then with the first that ends `everyMs` or more after the last lines. What is
 * counted in one minute by the clock is never written under another: requests of a new minute come after the lines of the
 * old one. When a container ends, what it has counted since its last lines is lost: less than `everyMs` of its requests.
 */
export class ContainerMetrics implements MetricsSink {
  readonly #options: ContainerMetricsOptions;
  readonly #random: () => number;
  readonly #everyMs: number;
  #batch: MetricBatch | undefined;
  #writtenAt: number | undefined;
  #isFirst: boolean;

  constructor(options: ContainerMetricsOptions) {
    this.#options = options;
    this.#random = options.random ?? Math.random;
    this.#everyMs = options.everyMs ?? FLUSH_MS;
    this.#isFirst = options.coldStarts ?? true;
  }

  record(names: readonly MetricName[], waitedMs = 0, details?: DecisionDetails): void {
    const now = this.#options.now();
    const batch = this.#batchAt(now);
    if (this.#isFirst) batch.count('ColdStart', 1);
    this.#isFirst = false;
    for (const name of names) batch.count(name, 1, details);
    if (waitedMs > 0) batch.time('DelayTime', waitedMs);
    if (details) this.#note(batch, details);
    this.#settle(now);
  }

  failed(): void {
    const now = this.#options.now();
    this.#batchAt(now).count('AuthorizerErrors', 1);
    this.#settle(now);
  }

  /** Something that belongs to a decision that is still to be recorded. */
  count(name: MetricName, by = 1): void {
    this.#batchAt(this.#options.now()).count(name, by);
  }

  /** The same, measured. */
  time(name: MetricName, ms: number): void {
    this.#batchAt(this.#options.now()).time(name, ms);
  }

  #note(batch: MetricBatch, { limited, shadowLimited, limits, writes, tookMs }: DecisionDetails): void {
    if (limited !== undefined) batch.countLimit('Limited', limited);
    for (const limit of shadowLimited) batch.countLimit('ShadowLimited', limit);
    if (writes > 0) batch.count('WriteUnits', writes);
    if (tookMs !== undefined) batch.time('DecisionTime', tookMs);
    const near = this.#options.nearQuota?.(limits) ?? 0;
    if (near > 0) batch.count('QuotaNear', near);
  }

  #batchAt(now: number): MetricBatch {
    if (this.#batch && minuteOf(this.#batch.at) !== minuteOf(now)) this.#write();
    this.#batch ??= new MetricBatch(this.#random);
    this.#batch.at = now;
    return this.#batch;
  }

  #settle(now: number): void {
    // A clock that was set back must not keep what is counted for as long as that.
    const since = this.#writtenAt === undefined ? Number.POSITIVE_INFINITY : Math.abs(now - this.#writtenAt);
    if (since < this.#everyMs) return;
    this.#writtenAt = now;
    this.#write();
  }

  #write(): void {
    const batch = this.#batch;
    this.#batch = undefined;
    for (const line of batch?.lines(this.#options.gate) ?? []) this.#options.write(line);
  }
}

const minuteOf = (ms: number): number => Math.floor(ms / 60_000);
