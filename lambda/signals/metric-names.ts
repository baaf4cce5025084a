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
}

const count = (...more: DimensionSet[]): MetricDescription => ({
  unit: 'Count',
  statistic: 'Sum',
  sets: ['gate', ...more],
});
const TIME: MetricDescription = {
  unit: 'Milliseconds',
  statistic: 'p99',
  sets: ['gate'],
};

/** Every metric of a gate, in the order in which the documentation lists them. */
export const METRIC_DESCRIPTIONS = {
  /** Requests that passed, the exempt and those that no limit counts included. */
  Allowed: count('api'),
  /** Requests over an enforced limit. */
  Limited: count('api', 'limit'),
  /** Requests over a limit with `mode: shadow`. */
  ShadowLimited: count('api', 'limit'),
  /** Requests turned away as blocked, or without identity under `anonymous: reject`. */
  Unauthorized: count('api'),
  /** Requests that passed after a wait in a queue's turn. */
  Delayed: count(),
  /** How long each of those waited. */
  DelayTime: TIME,
  /** Requests that met counters, a registry or a token issuer that could not be asked. */
  StoreErrors: count(),
  /** Writes that DynamoDB throttled (HG302). */
  StoreThrottles: count(),
  /** How long a write to the counters took, retries apart. */
  StoreLatency: TIME,
  /** Requests answered without asking the counters, which had failed several times in a row. */
  BreakerOpen: count(),
  /** Requests that passed because the counters could not be asked. */
  FailedOpen: count(),
  /** Requests denied because the counters or the registry could not be asked. */
  FailedClosed: count(),
  /** Writes sent to the counters, one write unit each. */
  WriteUnits: count(),
  /** Writes that took units of a shared limit ahead. */
  LeaseGrants: count(),
  /** How long a decision took in the function, a wait in a queue apart. */
  DecisionTime: TIME,
  /** Containers that answered their first request. */
  ColdStart: count(),
  /** Decisions that failed by a fault of our own. */
  AuthorizerErrors: count(),
  /** Times that a subject crossed 80 % of a calendar limit. */
  QuotaNear: count(),
  /** What the scheduled doctor found wrong. */
  DoctorProblems: count(),
} as const satisfies Record<string, MetricDescription>;

/** What functions with limits of their own count beside the gate's requests: see `own-metric-names.ts`. */
export type OwnMetricName = 'OwnAllowed' | 'OwnLimited' | 'OwnBlocked' | 'OwnFailedOpen' | 'OwnFailedClosed';
export type MetricName = keyof typeof METRIC_DESCRIPTIONS | OwnMetricName;

/** Each of those: the authorizer, which has none, need not carry their names. */
const OWN: MetricDescription = count();

/** What one of a gate's metrics is, whoever writes it. */
export const descriptionOf = (name: MetricName): MetricDescription =>
  (METRIC_DESCRIPTIONS as Partial<Record<MetricName, MetricDescription>>)[name] ?? OWN;

/** The share of a calendar limit from which on a subject is near its end, percent. */
export const QUOTA_NEAR_PERCENT = 80;
