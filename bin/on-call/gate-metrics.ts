import { type CloudWatchClient, GetMetricDataCommand, type MetricDataQuery } from '@aws-sdk/client-cloudwatch';
import { DIMENSION, METRICS_NAMESPACE, type MetricName } from '../../lambda/signals/metric-names.ts';

/** What is summed up, in the order in which it is shown. */
export const SUMS = [
  'Allowed',
  'Limited',
  'ShadowLimited',
  'Unauthorized',
  'FailedOpen',
  'FailedClosed',
  'StoreErrors',
  'StoreThrottles',
  'BreakerOpen',
  'AuthorizerErrors',
] as const satisfies readonly MetricName[];
export type Sums = Readonly<Record<(typeof SUMS)[number], number>>;

export interface GateMetrics {
  readonly minutes5: Sums;
  readonly minutes60: Sums;
  /** Requests that each limit turned away in the last 5 minutes. */
  readonly limited: Readonly<Record<string, number>>;
  /** p99 of the last 5 minutes with any, ms; absent where there were none. */
  readonly storeLatencyMs?: number;
  readonly decisionMs?: number;
}

const MINUTE = 60_000;
const HOUR = 60 * MINUTE;

/**
 * What the gate has counted in the last hour. Containers write what they count some seconds later, with a later request.
 *
 * @param limits names of limits to count apart
 */
export async function readMetrics(
  client: Pick<CloudWatchClient, 'send'>,
  gate: string,
  limits: readonly string[],
  now: number,
): Promise<GateMetrics> {
  const end = Math.ceil(now / MINUTE) * MINUTE;
  const sums = SUMS.map((name, i) => query(`s${i}`, name, { [DIMENSION.gate]: gate }, 'Sum', 60));
  const byLimit = limits.map((limit, i) =>
    query(`l${i}`, 'Limited', { [DIMENSION.gate]: gate, [DIMENSION.limit]: limit }, 'Sum', 60),
  );
  const times = [
    query('store', 'StoreLatency', { [DIMENSION.gate]: gate }, 'p99', 300),
    query('decision', 'DecisionTime', { [DIMENSION.gate]: gate }, 'p99', 300),
  ];
  const series = new Map<string, { readonly at: number; readonly value: number }[]>();
  let token: string | undefined;
  do {
    const { MetricDataResults = [], NextToken } = await client.send(
      new GetMetricDataCommand({
        StartTime: new Date(end - HOUR),
        EndTime: new Date(end),
        MetricDataQueries: [...sums, ...byLimit, ...times],
        NextToken: token,
      }),
    );
    for (const { Id = '', Timestamps = [], Values = [] } of MetricDataResults) {
      const points = Values.map((value, i) => ({ at: Timestamps[i]?.getTime() ?? 0, value }));
      series.set(Id, [...(series.get(Id) ?? []), ...points]);
    }
    token = NextToken;
  } while (token !== undefined);
  const sum = (id: string, ms: number) =>
    (series.get(id) ?? []).reduce((total, { at, value }) => total + (at >= end - ms ? value : 0), 0);
  const latest = (id: string) => [...(series.get(id) ?? [])].sort((a, b) => b.at - a.at)[0]?.value;
  const all = (ms: number) => Object.fromEntries(SUMS.map((name, i) => [name, sum(`s${i}`, ms)])) as Sums;
  const [storeLatencyMs, decisionMs] = [latest('store'), latest('decision')];
  return {
    minutes5: all(5 * MINUTE),
    minutes60: all(HOUR),
    limited: Object.fromEntries(limits.map((limit, i) => [limit, sum(`l${i}`, 5 * MINUTE)])),
    ...(storeLatencyMs !== undefined && { storeLatencyMs }),
    ...(decisionMs !== undefined && { decisionMs }),
  };
}

function query(
  id: string,
  name: MetricName,
  dimensions: Readonly<Record<string, string>>,
  stat: string,
  period: number,
): MetricDataQuery {
  const Dimensions = Object.entries(dimensions).map(([Name, Value]) => ({ Name, Value }));
  const Metric = { Namespace: METRICS_NAMESPACE, MetricName: name, Dimensions };
  return { Id: id, MetricStat: { Metric, Stat: stat, Period: period }, ReturnData: true };
}
