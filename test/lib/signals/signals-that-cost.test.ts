import { readFileSync } from 'node:fs';
import path from 'node:path';
import { App } from 'aws-cdk-lib';
import { NotesApiStack } from '../../../examples/notes-api/notes-api-stack.ts';
import { RateLimitPolicy } from '../../../lib/index.ts';
import { packageRoot } from '../../../lib/package-root.ts';
import { HANDLERS, type Properties, resources } from '../support/stacks.ts';

const root = packageRoot();
const page = readFileSync(path.join(root, 'docs', 'reference', 'metrics.md'), 'utf8');
const { context } = JSON.parse(readFileSync(path.join(root, 'cdk.json'), 'utf8'));
const stack = new NotesApiStack(new App({ context }), 'NotesApi', {
  policy: RateLimitPolicy.fromFile(path.join(root, 'examples', 'notes-api', 'headgate.yaml')),
  backend: path.join(HANDLERS, 'notes'),
  handlers: HANDLERS,
});
const of = (type: string): Properties[] => Object.values(resources(stack, type));
const alarms = of('AWS::CloudWatch::Alarm');

/** What CloudWatch bills an alarm for: each metric that it reads, and the two bounds of a band. */
function metricsOf({ MetricName, Metrics = [] }: Properties): number {
  if (MetricName) return 1;
  return Metrics.reduce((count: number, { MetricStat, Expression = '' }: Properties) => {
    if (MetricStat) return count + 1;
    const text = typeof Expression === 'string' ? Expression : JSON.stringify(Expression);
    const rules = text.match(/INSIGHT_RULE_METRIC\([^)]*\)/g) ?? [];
    return count + new Set(rules).size + (text.includes('ANOMALY_DETECTION_BAND') ? 2 : 0);
  }, 0);
}

/** The prices of the row of `What it costs` that begins so. */
const pricesOf = (start: string) =>
  page
    .split('\n')
    .find((line) => line.startsWith(`| ${start}`))
    ?.split('|')
    .slice(2, 4)
    .map((cell) => cell.trim());

test('the alarms of the example are as many, and look at as many metrics, as the page on costs says', () => {
  const metrics = alarms.reduce((count, alarm) => count + metricsOf(alarm), 0);
  const composites = of('AWS::CloudWatch::CompositeAlarm').length;
  const price = `$${(metrics * 0.1 + composites * 0.5).toFixed(2)}`;
  const what = `${alarms.length} alarms that look at ${metrics} metrics, and ${composites} composite ones`;
  expect([what, pricesOf(what)]).toEqual([what, [price, price]]);
});

test('no alarm has a period below a minute, which would cost three times as much', () => {
  const periods = alarms.flatMap(({ Period, Metrics = [] }) => [
    Period,
    ...Metrics.map(({ MetricStat, Period }: Properties) => MetricStat?.Period ?? Period),
  ]);
  const known = periods.filter((period) => period !== undefined);
  expect(known.length).toBeGreaterThan(alarms.length);
  expect(known.filter((period) => period < 60)).toEqual([]);
});

test('rules of Contributor Insights, keys, filters of logs and dashboards are those on the page', () => {
  const rules = of('AWS::CloudWatch::InsightRule').length;
  expect(pricesOf(`${rules} rules of Contributor Insights`)).toBeDefined();
  expect([of('AWS::KMS::Key').length, pricesOf('the customer key of the topics')]).toEqual([1, ['$1.00', '$1.00']]);
  const filters = of('AWS::Logs::MetricFilter').map(({ MetricTransformations: [to] }) => to.MetricName);
  for (const metric of filters) expect(page).toContain(`| \`${metric}\` |`);
  // Three in an account are free; the page says what a fourth costs.
  expect(of('AWS::CloudWatch::Dashboard')).toHaveLength(1);
});
