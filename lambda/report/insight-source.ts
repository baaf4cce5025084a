import {
  type CloudWatchClient,
  GetInsightRuleReportCommand,
  type GetInsightRuleReportOutput,
} from '@aws-sdk/client-cloudwatch';
import { safeText } from '../http/header-value.ts';
import type { TimeRange } from './alarm-change.ts';
import { type Evidence, type Offender, Tally } from './evidence.ts';
import { INSIGHT_RULES, type InsightRuleId, insightRuleName } from './insight-rules.ts';

const MINUTE = 60_000;
/** The most that CloudWatch lists. */
const MAX_CONTRIBUTORS = 100;

/**
 * Asks Contributor Insights who was limited in a range of time. Whole minutes: that is what the rules count in.
 *
 * @param details the offenders' tiers, limits and routes too: two calls more
 */
export async function readInsights(
  client: Pick<CloudWatchClient, 'send'>,
  gate: string,
  range: TimeRange,
  details: boolean,
): Promise<Evidence> {
  const report = (id: InsightRuleId) =>
    client.send(
      new GetInsightRuleReportCommand({
        RuleName: insightRuleName(gate, id),
        StartTime: new Date(Math.floor(range.from / MINUTE) * MINUTE),
        EndTime: new Date(Math.ceil(range.to / MINUTE) * MINUTE),
        Period: 60,
        MaxContributorCount: MAX_CONTRIBUTORS,
        OrderBy: 'Sum',
      }),
    );
  const [subjects, clients, addresses] = await Promise.all([
    report('limited-subjects'),
    details ? report('limited-clients') : undefined,
    details ? report('limited-addresses') : undefined,
  ]);
  const tally = new Tally();
  addDetails(tally, 'client', 'limited-clients', clients);
  addDetails(tally, 'address', 'limited-addresses', addresses);
  const detailed = tally.evidence('contributor-insights');
  const offenders = offendersOf(subjects, new Map(detailed.offenders.map((offender) => [offender.subject, offender])));
  const counted = offenders.reduce((sum, { requests }) => sum + requests, 0);
  return {
    ...detailed,
    total: Math.max(counted, Math.round(subjects.AggregateValue ?? 0)),
    subjects: Math.max(offenders.length, subjects.ApproximateUniqueCount ?? 0),
    offenders,
    byAddress: Math.round(addresses?.AggregateValue ?? 0),
  };
}

function addDetails(
  tally: Tally,
  kind: 'client' | 'address',
  id: 'limited-clients' | 'limited-addresses',
  report: GetInsightRuleReportOutput | undefined,
): void {
  for (const { Keys = [], ApproximateAggregateValue = 0 } of report?.Contributors ?? []) {
    const [name, tier, limit, route] = INSIGHT_RULES[id].keys.map((_, i) => Keys[i] && safeText(Keys[i]));
    if (name)
      tally.add({ subject: `${kind}:${name}`, tier, limit, route, requests: Math.round(ApproximateAggregateValue) });
  }
}

function offendersOf(report: GetInsightRuleReportOutput, details: ReadonlyMap<string, Offender>): Offender[] {
  return (report.Contributors ?? []).flatMap(({ Keys = [], ApproximateAggregateValue = 0, Datapoints = [] }) => {
    if (!Keys[0]) return [];
    const subject = safeText(Keys[0]);
    const { tier, limits = [], routes = [] } = details.get(subject) ?? {};
    const times = Datapoints.map(({ Timestamp }) => Timestamp?.getTime()).filter((time) => time !== undefined);
    return {
      subject,
      requests: Math.round(ApproximateAggregateValue),
      ...(tier !== undefined && { tier }),
      limits,
      routes,
      ...(times.length > 0 && { since: Math.min(...times) }),
    };
  });
}
