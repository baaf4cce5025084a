/** The metrics' namespace in CloudWatch. */
export const METRICS_NAMESPACE = 'Headgate';

/**
 * The dimensions. Never a client or an address: every combination of values is a metric of its own that costs money, and
 * who was limited stands in the log.
 */
export const DIMENSION = { gate: 'Gate', api: 'Api', stage: 'Stage', limit: 'Limit' } as const;

/** Under which dimensions a metric is found; every one of them under `gate` too. */
export const DIMENSION_SETS = {
  /** The gate as a whole. */
  gate: [DIMENSION.gate],
  /** One stage of one API. */
  api: [DIMENSION.gate, DIMENSION.api, DIMENSION.stage],
  /** One limit of the policy. */
  limit: [DIMENSION.gate, DIMENSION.limit],
} as const;
export type DimensionSet = keyof typeof DIMENSION_SETS;

export interface MetricDescription {
  readonly unit: 'Count' | 'Milliseconds';
  /** The statistic to look at it by. */
  readonly statistic: 'Sum' | 'p99';
  readonly sets: readonly DimensionSet[];
  /** What it counts or measures; ends a sentence that begins with its name. */
  readonly meaning: string;
}

const count = (meaning: string, ...more: DimensionSet[]): MetricDescription => ({
  unit: 'Count',
  statistic: 'Sum',
  sets: ['gate', ...more],
  meaning,
});
const time = (meaning: string): MetricDescription => ({
  unit: 'Milliseconds',
  statistic: 'p99',
  sets: ['gate'],
  meaning,
});

/** Every metric of a gate, in the order in which the documentation lists them. */
export const METRIC_DESCRIPTIONS = {
  Allowed: count('requests that passed, the exempt and those that no limit counts included', 'api'),
  Limited: count('requests over an enforced limit', 'api', 'limit'),
  ShadowLimited: count('requests over a limit with `mode: shadow`', 'api', 'limit'),
  Unauthorized: count('requests turned away as blocked, or without identity under `anonymous: reject`', 'api'),
  Delayed: count("requests that passed after a wait in a queue's turn"),
  DelayTime: time('how long each of those waited'),
  StoreErrors: count('requests that met counters, a registry or a token issuer that could not be asked'),
  StoreThrottles: count('writes that DynamoDB throttled (HG302)'),
  StoreLatency: time('how long a write to the counters took, retries apart'),
  BreakerOpen: count('requests answered without asking the counters, which had failed several times in a row'),
  FailedOpen: count('requests that passed because the counters could not be asked'),
  FailedClosed: count('requests denied because the counters or the registry could not be asked'),
  WriteUnits: count('writes sent to the counters, one write unit each'),
  LeaseGrants: count('writes that took units of a shared limit ahead'),
  DecisionTime: time('how long a decision took in the function, a wait in a queue apart'),
  ColdStart: count('containers that answered their first request'),
  AuthorizerErrors: count('decisions that failed by a fault of our own'),
  QuotaNear: count('times that a subject crossed 80 % of a calendar limit'),
  DoctorProblems: count('what the scheduled doctor found wrong'),
} as const satisfies Record<string, MetricDescription>;

/**
 * What functions with limits of their own write beside `Limited` and `ShadowLimited` by limit, `WriteUnits` and `QuotaNear`. A
 * request that a gate has let through meets them after it: under the names above it would be one of the gate's requests
 * twice (docs/decisions/081-limits-of-a-functions-own.md).
 */
export const OWN_METRIC_DESCRIPTIONS = {
  OwnAllowed: count("requests that a function's own limits let pass"),
  OwnLimited: count("requests over an enforced limit of a function's own"),
  OwnBlocked: count('requests of blocked callers that functions with limits of their own turned away'),
  OwnFailedOpen: count("requests that passed because a function's own limits could not be counted"),
  OwnFailedClosed: count('requests denied because of that'),
} as const satisfies Record<string, MetricDescription>;

export type MetricName = keyof typeof METRIC_DESCRIPTIONS | keyof typeof OWN_METRIC_DESCRIPTIONS;

const ALL: Readonly<Record<MetricName, MetricDescription>> = { ...METRIC_DESCRIPTIONS, ...OWN_METRIC_DESCRIPTIONS };

/** What one of a gate's metrics is, whoever writes it. */
export const descriptionOf = (name: MetricName): MetricDescription => ALL[name];

/** The share of a calendar limit from which on a subject is near its end, percent. */
export const QUOTA_NEAR_PERCENT = 80;
