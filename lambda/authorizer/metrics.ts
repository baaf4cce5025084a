import type { GateAnswer } from './gate.ts';

export const METRICS_NAMESPACE = 'Headgate';
/** The only dimension. A client's id is never one: each combination of dimensions is a metric that costs money. */
export const GATE_DIMENSION = 'Gate';

export const METRIC = {
  allowed: 'Allowed',
  limited: 'Limited',
  shadowLimited: 'ShadowLimited',
  unauthorized: 'Unauthorized',
  storeErrors: 'StoreErrors',
  breakerOpen: 'BreakerOpen',
  failedOpen: 'FailedOpen',
  failedClosed: 'FailedClosed',
  delayed: 'Delayed',
} as const;
export type MetricName = (typeof METRIC)[keyof typeof METRIC];
/** How long requests waited for their turn in a queue, milliseconds; of those that waited. */
export const DELAY_METRIC = 'DelayTime';

/** What an answer counts as. Every request is exactly one of Allowed, Limited, Unauthorized and FailedClosed. */
export function metricsOf(answer: GateAnswer): readonly MetricName[] {
  if (answer.kind === 'unauthorized') return [METRIC.unauthorized];
  if (answer.kind === 'unavailable') return [METRIC.storeErrors, METRIC.failedClosed];
  const { verdict } = answer;
  const names: MetricName[] = [];
  if (verdict.failure !== undefined || answer.registryFailed) names.push(METRIC.storeErrors);
  if (verdict.failure === 'breaker-open') names.push(METRIC.breakerOpen);
  if (verdict.failure === undefined) names.push(verdict.allowed ? METRIC.allowed : METRIC.limited);
  else {
    if (verdict.allowed) names.push(METRIC.allowed, METRIC.failedOpen);
    else names.push(METRIC.failedClosed);
  }
  if (verdict.waitMs !== undefined) names.push(METRIC.delayed);
  if (verdict.limits.some((status) => status.mode === 'shadow' && !status.allowed)) names.push(METRIC.shadowLimited);
  return names;
}

/** Takes note of answers. */
export interface MetricsSink {
  /** @param waitedMs how long the request waited for its turn in a queue */
  record(names: readonly MetricName[], waitedMs?: number): void;
}
