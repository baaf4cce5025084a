import { Duration } from 'aws-cdk-lib';
import { type IMetric, MathExpression } from 'aws-cdk-lib/aws-cloudwatch';
import { type AlarmId, alarmDescription, limitedSubjectsRule } from '../../lambda/policy/alarm-catalogue.ts';
import type { MetricName } from '../../lambda/signals/metric-names.ts';
import type { AuthorizerFunction } from '../authorizer-function.ts';
import { gateMetric } from '../gate-metrics.ts';

/** Alarms on a metric of the gate. The doctor's is made by the doctor, that on the gateway's throttles by the access logs. */
export type GateAlarmId = Exclude<AlarmId, 'doctor' | 'gateway-throttles'>;

export interface MetricParts {
  readonly gateName: string;
  readonly authorizer: AuthorizerFunction;
  /** Below that many, a period is 0. */
  readonly minimum: number;
}

/** A call that was cut off is reported with the whole time that it had: counted from this much below it. */
const ROUNDING_MS = 1;
const ANSWERED = 'FILL(allowed,0)+FILL(limited,0)';
const REQUESTS = `${ANSWERED}+FILL(unauthorized,0)+FILL(closed,0)`;
const EVERY_ANSWER = {
  allowed: 'Allowed',
  limited: 'Limited',
  unauthorized: 'Unauthorized',
  closed: 'FailedClosed',
} as const;

/**
 * What an alarm compares with its threshold. A metric that has no value counts as 0, and thin traffic as none: both stand in
 * the expression, because an alarm cannot say them.
 */
export function alarmMetric(id: GateAlarmId, { gateName, authorizer, minimum }: MetricParts): IMetric {
  const period = Duration.minutes(alarmDescription(id).periodMinutes);
  const math = (label: string, expression: string, metrics: Readonly<Record<string, MetricName | IMetric>> = {}) => {
    const usingMetrics = Object.entries(metrics).map(([key, metric]) => [
      key,
      typeof metric === 'string' ? gateMetric(metric, gateName, { period }) : metric,
    ]);
    return new MathExpression({ expression, usingMetrics: Object.fromEntries(usingMetrics), label, period });
  };
  const lambda = (metricName: string, statistic: string) => authorizer.fn.metric(metricName, { statistic, period });
  const contributors = (value: string) => `INSIGHT_RULE_METRIC("${limitedSubjectsRule(gateName)}", "${value}")`;
  /** `part` in percent of `whole`, where `volume` reaches the minimum. */
  const share = (part: string, whole: string, volume = whole) =>
    `IF(${volume} >= ${minimum}, 100*${part}/(${whole}), 0)`;

  switch (id) {
    case 'limited-rate':
      return math('Limited requests (%)', share('FILL(limited,0)', ANSWERED), {
        allowed: 'Allowed',
        limited: 'Limited',
      });
    case 'limited-rise':
      return math('Limited requests', `IF(FILL(limited,0) >= ${minimum}, FILL(limited,0), 0)`, { limited: 'Limited' });
    case 'unauthorized-rate':
      return math('Requests turned away (%)', share('FILL(unauthorized,0)', REQUESTS), EVERY_ANSWER);
    case 'many-limited':
      return math('Limited clients and addresses', contributors('UniqueContributors'));
    case 'one-limited':
      return math("The most limited one's share (%)", share('top', 'every'), {
        top: math('Most limited', contributors('MaxContributorValue')),
        every: math('Limited', contributors('Sum')),
      });
    case 'failing-open': {
      const open = 'FILL(open,0)';
      return math('Uncounted requests (%)', share(open, REQUESTS, open), { ...EVERY_ANSWER, open: 'FailedOpen' });
    }
    case 'failing-closed': {
      const closed = 'FILL(closed,0)';
      return math('Requests denied by failure (%)', share(closed, REQUESTS, closed), EVERY_ANSWER);
    }
    case 'store-errors':
      return math('Failures and throttles (%)', share('(FILL(errors,0)+FILL(throttles,0))', REQUESTS), {
        ...EVERY_ANSWER,
        errors: 'StoreErrors',
        throttles: 'StoreThrottles',
      });
    case 'authorizer-errors': {
      const timeoutMs = authorizer.fn.timeout!.toMilliseconds();
      // Errors of AWS/Lambda cannot be used: the answer 401 of a REST API is a thrown error.
      return math('Failures, time-outs and throttles', 'FILL(failed,0)+FILL(late,0)+FILL(throttled,0)', {
        failed: 'AuthorizerErrors',
        late: lambda('Duration', `TC(${timeoutMs - ROUNDING_MS}:)`),
        throttled: lambda('Throttles', 'Sum'),
      });
    }
    case 'decision-time':
      return math('Decision time (ms, p99)', `IF(${ANSWERED} >= ${minimum}, FILL(time,0), 0)`, {
        allowed: 'Allowed',
        limited: 'Limited',
        time: 'DecisionTime',
      });
    case 'quota-near':
      return gateMetric('QuotaNear', gateName, { period });
  }
}
