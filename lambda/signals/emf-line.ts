import { descriptionOf, METRICS_NAMESPACE, type MetricName } from './metric-names.ts';

/** Metrics of one line that are found under the same dimensions. */
export interface EmfPart {
  /** Names of dimensions. */
  readonly sets: readonly (readonly string[])[];
  /** A number, or up to 100 of them. */
  readonly values: readonly (readonly [name: MetricName, value: number | readonly number[]])[];
}

/**
 * One line of the log in CloudWatch's embedded metric format.
 *
 * @param at the metrics' time, milliseconds since the epoch
 * @param dimensions values by name, of every dimension that `parts` name
 * @see https://docs.aws.amazon.com/AmazonCloudWatch/latest/monitoring/CloudWatch_Embedded_Metric_Format_Specification.html
 */
export function emfLine(at: number, dimensions: Readonly<Record<string, string>>, parts: readonly EmfPart[]): string {
  const directives = parts.map(({ sets, values }) => ({
    Namespace: METRICS_NAMESPACE,
    Dimensions: sets,
    Metrics: values.map(([name]) => ({ Name: name, Unit: descriptionOf(name).unit })),
  }));
  const values = Object.fromEntries(parts.flatMap((part) => part.values));
  return JSON.stringify({ _aws: { Timestamp: at, CloudWatchMetrics: directives }, ...dimensions, ...values });
}
