import { Duration } from 'aws-cdk-lib';
import { Metric, type MetricOptions } from 'aws-cdk-lib/aws-cloudwatch';

/** The namespace and dimension under which the authorizer counts its answers. The client is never a dimension. */
export const METRICS = { namespace: 'Headgate', dimension: 'Gate', allowed: 'Allowed', limited: 'Limited' } as const;

/** One of a gate's metrics, per minute and summed unless `options` say otherwise. */
export function gateMetric(
  name: typeof METRICS.allowed | typeof METRICS.limited,
  gateName: string,
  options: MetricOptions = {},
): Metric {
  return new Metric({
    namespace: METRICS.namespace,
    metricName: name,
    dimensionsMap: { [METRICS.dimension]: gateName },
    statistic: 'Sum',
    period: Duration.minutes(1),
    ...options,
  });
}
