import type { DecisionDetails } from '../signals/container-metrics.ts';
import type { MetricName } from '../signals/metric-names.ts';
import type { GateAnswer, GateRequest } from './gate.ts';

/** What an answer counts as. Every request is exactly one of Allowed, Limited, Unauthorized and FailedClosed. */
export function metricsOf(answer: GateAnswer): readonly MetricName[] {
  if (answer.kind === 'unauthorized') return ['Unauthorized'];
  if (answer.kind === 'unavailable') return ['StoreErrors', 'FailedClosed'];
  const { verdict } = answer;
  const names: MetricName[] = [];
  if (verdict.failure !== undefined || answer.registryFailed) names.push('StoreErrors');
  if (verdict.failure === 'breaker-open') names.push('BreakerOpen');
  if (verdict.failure === undefined) names.push(verdict.allowed ? 'Allowed' : 'Limited');
  else {
    if (verdict.allowed) names.push('Allowed', 'FailedOpen');
    else names.push('FailedClosed');
  }
  if (verdict.waitMs !== undefined) names.push('Delayed');
  if (verdict.limits.some((status) => status.mode === 'shadow' && !status.allowed)) names.push('ShadowLimited');
  return names;
}

/** @param tookMs how long the function took for the decision, a wait in a queue apart */
export function detailsOf(
  { api, stage }: Pick<GateRequest, 'api' | 'stage'>,
  answer: GateAnswer,
  tookMs?: number,
): DecisionDetails {
  if (answer.kind !== 'decided') return { api, stage, shadowLimited: [], limits: [], writes: 0, tookMs };
  const { allowed, binding, failure, limits, writes } = answer.verdict;
  const shadowLimited = limits.filter((status) => status.mode === 'shadow' && !status.allowed).map(({ name }) => name);
  // What a denial has learnt of a quota that is near was seen by whoever has counted it.
  const counted = allowed && failure === undefined ? limits : [];
  const limited = allowed || failure !== undefined ? undefined : binding?.name;
  return { api, stage, limited, shadowLimited, limits: counted, writes, tookMs };
}
