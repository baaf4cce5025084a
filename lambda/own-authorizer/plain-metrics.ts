import { DELAY_METRIC, GATE_DIMENSION, METRICS_NAMESPACE, type MetricsSink } from '../authorizer/metrics.ts';

/**
 * The gate's metrics as one line of the log in CloudWatch's embedded metric format, without a library: this runs in a
 * function that is not ours.
 *
 * @param write takes a line
 * @param now milliseconds since the epoch
 * @see https://docs.aws.amazon.com/AmazonCloudWatch/latest/monitoring/CloudWatch_Embedded_Metric_Format_Specification.html
 */
export function plainMetrics(gate: string, write: (line: string) => void, now: () => number): MetricsSink {
  return {
    record(names, waitedMs = 0) {
      const delay = waitedMs > 0 ? [{ Name: DELAY_METRIC, Unit: 'Milliseconds' }] : [];
      const metrics = [...names.map((Name) => ({ Name: Name as string, Unit: 'Count' })), ...delay];
      const values = Object.fromEntries(names.map((name) => [name, 1]));
      const described = { Namespace: METRICS_NAMESPACE, Dimensions: [[GATE_DIMENSION]], Metrics: metrics };
      write(
        JSON.stringify({
          _aws: { Timestamp: now(), CloudWatchMetrics: [described] },
          [GATE_DIMENSION]: gate,
          ...values,
          ...(waitedMs > 0 && { [DELAY_METRIC]: waitedMs }),
        }),
      );
    },
  };
}
