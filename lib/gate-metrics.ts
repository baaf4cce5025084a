import { Duration } from 'aws-cdk-lib';
import { Metric, type MetricOptions } from 'aws-cdk-lib/aws-cloudwatch';
import { DIMENSION, descriptionOf, METRICS_NAMESPACE, type MetricName } from '../lambda/signals/metric-names.ts';

/** The namespace and dimension under which the authorizer counts its answers. The client is never a dimension. */
export const METRICS = {
  namespace: METRICS_NAMESPACE,
  dimension: DIMENSION.gate,
  allowed: 'Allowed',
  limited: 'Limited',
} as const;

/** One of a gate's metrics, per minute and by its usual statistic unless `options` say otherwise. */
export function gateMetric(name: MetricName, gateName: string, options: MetricOptions = {}): Metric {
  return new Metric({
    namespace: METRICS.namespace,
    metricName: name,
    dimensionsMap: { [METRICS.dimension]: gateName },
    statistic: descriptionOf(name).statistic,
    period: Duration.minutes(1),
    ...options,
  });
}
