import { Metrics } from '@aws-lambda-powertools/metrics';
import { DELAY_METRIC, GATE_DIMENSION, METRICS_NAMESPACE, type MetricsSink } from './metrics.ts';

/** CloudWatch metrics in the log (EMF): one line for each request. */
export function emfMetrics(gate: string): MetricsSink {
  const metrics = new Metrics({ namespace: METRICS_NAMESPACE });
  // Powertools adds the dimension `service` by itself.
  metrics.clearDefaultDimensions();
  metrics.setDefaultDimensions({ [GATE_DIMENSION]: gate });
  return {
    record(names, waitedMs = 0) {
      for (const name of names) metrics.addMetric(name, 'Count', 1);
      if (waitedMs > 0) metrics.addMetric(DELAY_METRIC, 'Milliseconds', waitedMs);
      metrics.publishStoredMetrics();
    },
  };
}
