import { Duration, Stack } from 'aws-cdk-lib';
import { GraphWidget, type IMetric, type IWidget, MathExpression, Row, TextWidget } from 'aws-cdk-lib/aws-cloudwatch';
import type { Construct } from 'constructs';
import { type InsightRuleId, insightRuleName } from '../../lambda/report/insight-rules.ts';
import { METRICS_NAMESPACE, type MetricName } from '../../lambda/signals/metric-names.ts';
import type { AuthorizerFunction } from '../authorizer-function.ts';
import { gateMetric } from '../gate-metrics.ts';
import { ACCESS_LOG_METRICS, type AccessLogMetric } from './access-log-metrics.ts';
import type { AccessLogs } from './access-logs.ts';
import { AlarmsWidget } from './alarms-widget.ts';
import { costWidget } from './cost-widget.ts';
import { InsightWidget } from './insight-widget.ts';

export interface DashboardParts {
  readonly gateName: string;
  readonly authorizer: AuthorizerFunction;
  readonly accessLogs?: AccessLogs | undefined;
  /** Below it are the alarms to show. */
  readonly gate: Construct;
}

const WIDTH = 24;
const HEIGHT = 6;
const third = { width: WIDTH / 3, height: HEIGHT };
const half = { width: WIDTH / 2, height: HEIGHT };
const MINUTE = Duration.minutes(1);

/** The rows in the order of the questions that somebody who was woken asks. */
export function dashboardRows(scope: Construct, parts: DashboardParts): IWidget[][] {
  return [isItUs(parts), who(scope, parts), whichLimit(parts), isTheLimiterWell(parts), whatDoesItCost(parts)].map(
    ([question, ...widgets]) => [question!, new Row(...widgets)],
  );
}

function isItUs({ gateName, accessLogs, gate }: DashboardParts): IWidget[] {
  const { allowed, limited } = { allowed: gateMetric('Allowed', gateName), limited: gateMetric('Limited', gateName) };
  const share = new MathExpression({
    label: 'Limited (%)',
    expression: '100*FILL(limited,0)/(FILL(allowed,0)+FILL(limited,0))',
    usingMetrics: { allowed, limited },
    period: MINUTE,
  });
  const sources = Object.keys(ACCESS_LOG_METRICS).filter((name) => name !== 'Requests') as AccessLogMetric[];
  return [
    question(
      '1. Is it us?',
      'Red alarms say what; `docs/runbook.md` has a heading for each. *LimitedByGate* is this gate. *GatewayThrottled* (stage throttle, usage plan, account), *WafBlocked* and *BackendLimited* are not: no command below changes them.',
      'npx headgate status',
    ),
    new AlarmsWidget(gate, { title: 'Alarms', width: WIDTH / 3, height: HEIGHT }),
    new GraphWidget({
      ...third,
      title: 'Decisions a minute',
      left: [allowed, limited, gateMetric('Unauthorized', gateName)],
      right: [share],
      leftYAxis: { min: 0 },
      rightYAxis: { min: 0, max: 100 },
    }),
    ...(accessLogs ? [graph('Whose 429 (access log)', third, ...sources.map((name) => accessLogs.metric(name)))] : []),
  ];
}

function who(scope: Construct, { gateName }: DashboardParts): IWidget[] {
  const { region } = Stack.of(scope);
  const rule = (title: string, id: InsightRuleId) =>
    new InsightWidget({ title, ruleName: insightRuleName(gateName, id), region, ...third });
  return [
    question(
      '2. Who?',
      'One name: a broken client, talk to it or block it. Many addresses: an attack, override the limit that they meet.',
      'npx headgate top',
      'npx headgate block client:ID --for 2h --reason "..."',
      'npx headgate unblock client:ID',
    ),
    rule('Limited clients', 'limited-clients'),
    rule('Limited addresses', 'limited-addresses'),
    rule('Limited routes', 'limited-routes'),
  ];
}

function whichLimit({ gateName }: DashboardParts): IWidget[] {
  return [
    question(
      '3. Which limit?',
      'Too tight for honest callers, or too wide for these? Shadow limits turn nobody away: they show what they would do.',
      'npx headgate explain ...',
      'npx headgate override LIMIT --rate 10/minute --for 2h --reason "..."',
      'npx headgate reset client:ID',
    ),
    graph('Limited by limit', third, search('Limited', ['Gate', 'Limit'], gateName)),
    graph('Limited by API and stage', third, search('Limited', ['Gate', 'Api', 'Stage'], gateName)),
    graph(
      'Shadow limits, waits, near the end of a quota',
      third,
      search('ShadowLimited', ['Gate', 'Limit'], gateName),
      ...gateMetrics(gateName, 'Delayed', 'QuotaNear'),
    ),
  ];
}

function isTheLimiterWell({ gateName, authorizer: { fn } }: DashboardParts): IWidget[] {
  const percentiles = (name: MetricName) =>
    ['p50', 'p99'].map((statistic) => gateMetric(name, gateName, { statistic, label: `${name} ${statistic}` }));
  return [
    question(
      '4. Is the limiter well?',
      'All of the first graph is 0 on a good day. *FailedOpen*: limits are not enforced. *FailedClosed*: honest callers are turned away. Decisions take a few milliseconds; what is above the store time is the function.',
      'npx headgate doctor',
    ),
    graph('Failures', third, ...gateMetrics(gateName, 'FailedOpen', 'FailedClosed', 'AuthorizerErrors', 'BreakerOpen')),
    graph('Counters: failures', third, ...gateMetrics(gateName, 'StoreErrors', 'StoreThrottles', 'DoctorProblems')),
    graph('Time, ms', third, ...percentiles('DecisionTime'), ...percentiles('StoreLatency')),
    graph(
      'Authorizer',
      half,
      fn.metricThrottles({ period: MINUTE }),
      fn.metric('ConcurrentExecutions', { statistic: 'Maximum', period: MINUTE }),
      ...gateMetrics(gateName, 'ColdStart'),
    ),
  ];
}

function whatDoesItCost({ gateName, authorizer, accessLogs }: DashboardParts): IWidget[] {
  const logGroups = [authorizer.logGroup, ...(accessLogs ? [accessLogs.logGroup] : [])];
  return [
    question(
      '5. What does it cost?',
      'Estimated with the prices of us-east-1, on demand. An attack costs what it sends: `reservedConcurrency`, a stage throttle or a web ACL bound it.',
    ),
    costWidget(gateName, authorizer, logGroups, half),
    graph('Writes to the counters', half, ...gateMetrics(gateName, 'WriteUnits', 'LeaseGrants')),
  ];
}

function question(title: string, text: string, ...commands: string[]): TextWidget {
  const code = commands.length > 0 ? ['', '```', ...commands, '```'] : [];
  const markdown = [`## ${title}`, text, ...code].join('\n');
  return new TextWidget({
    markdown,
    width: WIDTH,
    height: 2 + Math.ceil(commands.length / 2) + (commands.length > 0 ? 1 : 0),
  });
}

function graph(title: string, size: { width: number; height: number }, ...left: IMetric[]): GraphWidget {
  return new GraphWidget({ title, ...size, left, leftYAxis: { min: 0 } });
}

function gateMetrics(gateName: string, ...names: MetricName[]): IMetric[] {
  return names.map((name) => gateMetric(name, gateName));
}

/** One line for each value of the dimensions that has come up. */
function search(name: MetricName, dimensions: readonly string[], gateName: string): IMetric {
  const schema = [METRICS_NAMESPACE, ...dimensions].join(',');
  const expression = `SEARCH('{${schema}} MetricName="${name}" Gate="${gateName}"', 'Sum', 60)`;
  return new MathExpression({ expression, usingMetrics: {}, label: '', period: MINUTE });
}
