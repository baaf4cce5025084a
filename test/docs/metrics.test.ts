import { readFileSync } from 'node:fs';
import path from 'node:path';
import { rejectionsOf } from '../../lambda/authorizer/rejection-log.ts';
import { restRequest } from '../../lambda/authorizer/rest.ts';
import { ALARM_GROUPS, ALARM_IDS, SEVERITIES } from '../../lambda/policy/alarm-catalogue.ts';
import { INSIGHT_RULES } from '../../lambda/report/insight-rules.ts';
import {
  type DimensionSet,
  descriptionOf,
  METRICS_NAMESPACE,
  type OwnMetricName,
  QUOTA_NEAR_PERCENT,
} from '../../lambda/signals/metric-names.ts';
import { OWN_METRICS } from '../../lambda/signals/own-metric-names.ts';
import { ACCESS_LOG_METRICS } from '../../lib/signals/access-log-metrics.ts';
import { restEvent } from '../authorizer/world.ts';
import {
  accessLogBytes,
  descriptions,
  dollars,
  metricBytes,
  metricsOf,
  PRICES,
  priceOf,
  rejectionBytes,
} from './signal-costs.ts';

const page = readFileSync(path.join(__dirname, '..', '..', 'docs', 'reference', 'metrics.md'), 'utf8');

/** The rows under a heading, cell by cell. */
function rowsOf(heading: string): string[][] {
  const [section] = page.split(`\n## ${heading}\n`)[1]!.split('\n## ');
  const rows = section!.split('\n').filter((line) => line.startsWith('|'));
  return rows.slice(2).map((row) =>
    row
      .split('|')
      .slice(1, -1)
      .map((cell) => cell.trim()),
  );
}

const SETS: Readonly<Record<DimensionSet, string>> = { gate: '', api: 'stage', limit: 'limit' };

test('the page lists every metric of the gate as the code has it: by what, unit, statistic, price', () => {
  const documented = rowsOf('Metrics of the authorizer').map(([name, , by, unit, statistic, price]) => {
    return { name, by, unit, statistic, price };
  });
  expect(documented).toEqual(
    descriptions.map(([name, description]) => ({
      name: `\`${name}\``,
      by: description.sets
        .map((set) => SETS[set])
        .filter(Boolean)
        .join(', '),
      unit: description.unit,
      statistic: description.statistic,
      price: priceOf(description),
    })),
  );
  for (const [, meaning] of rowsOf('Metrics of the authorizer')) expect(meaning!.length).toBeGreaterThan(20);
  expect(page).toContain(`Namespace \`${METRICS_NAMESPACE}\``);
  expect(page).toContain(`${QUOTA_NEAR_PERCENT} %`);
});

test('the page lists every metric of the access logs', () => {
  expect(rowsOf('Metrics of the access logs').map(([name]) => name)).toEqual(
    Object.keys(ACCESS_LOG_METRICS).map((name) => `\`${name}\``),
  );
});

test("the page lists every metric of functions with limits of their own, which no other metric's name is", () => {
  const names = rowsOf('Metrics of limits in functions of yours').map(([name]) => name!);
  expect(names).toEqual(Object.keys(OWN_METRICS).map((name) => `\`${name}\``));
  const others = [...rowsOf('Metrics of the authorizer'), ...rowsOf('Metrics of the access logs')];
  expect(others.filter(([name]) => names.includes(name!))).toEqual([]);
  for (const name of Object.keys(OWN_METRICS) as OwnMetricName[]) {
    const { sets, statistic, unit } = descriptionOf(name);
    expect([sets, statistic, unit]).toEqual([['gate'], 'Sum', 'Count']);
  }
});

test('the page lists every key and every event of a line of the rejection log', () => {
  const request = restRequest(restEvent());
  const caller = { client: 'acme', address: '203.0.113.7', tier: 'free' };
  const status = {
    ...{ name: 'a', subject: 'client:acme', limit: 3, windowMs: 1, remaining: 0, resetAt: 1, allowed: false },
    retryAt: 1,
  };
  const enforced = { ...status, mode: 'enforce' } as const;
  const limits = [enforced, { ...status, mode: 'shadow' } as const];
  const verdict = { allowed: false, limits, binding: enforced, retryAt: 1, writes: 1 };
  const records = [
    ...rejectionsOf(request, { kind: 'decided', caller, verdict }, 0),
    ...rejectionsOf(request, { kind: 'decided', caller, verdict: { ...verdict, failure: 'deadline' } }, 0),
    ...rejectionsOf(request, { kind: 'unauthorized', caller, reason: 'blocked' }, 0),
    ...rejectionsOf(request, { kind: 'unauthorized', caller, reason: 'anonymous' }, 0),
    ...rejectionsOf(request, { kind: 'unavailable', caller }, 0),
  ];
  const rows = rowsOf('The rejection log');
  const named = (cell: string | undefined) => [...(cell ?? '').matchAll(/`([A-Za-z-]+)`/g)].map(([, name]) => name!);
  const keys = new Set([...records.flatMap((record) => Object.keys(record)), 'represents']);
  expect(new Set(rows.flatMap(([key]) => named(key)))).toEqual(keys);
  const events = new Set(records.map(({ event }) => event));
  const documented = new Set(named(rows.find(([key]) => key === '`event`')![1]));
  expect([...events].filter((event) => !documented.has(event))).toEqual([]);
});

test('the costs on the page are those of what the code writes', () => {
  const count = metricsOf(2, 5);
  const price = `$${(count * PRICES.metric).toFixed(2)}`;
  const rejection = rejectionBytes();
  const access = accessLogBytes();
  const costs = new Map(rowsOf('What it costs').map(([what, ...prices]) => [what, prices]));
  expect(costs.get(`${count} metrics of the authorizer`)).toEqual([price, price]);
  expect(costs.get('metric lines')).toEqual([dollars(metricBytes(1e6, 1)), dollars(metricBytes(1e8, 10))]);
  expect(costs.get('rejection log, 1 % turned away')).toEqual([dollars(1e4 * rejection), dollars(1e6 * rejection)]);
  expect(costs.get('access log')).toEqual([dollars(1e6 * access), dollars(1e8 * access)]);
  const rules = Object.keys(INSIGHT_RULES).length;
  const insight = [1e4, 1e6].map((lines) => `$${(rules * 0.5 + (3 * lines * 0.02) / 1e6).toFixed(2)}`);
  expect(costs.get(`${rules} rules of Contributor Insights`)).toEqual(insight);
  const alarms = [...costs.keys()].find((what) => what?.startsWith(`${ALARM_IDS.length} alarms that look at `))!;
  const [, watched, composites] = alarms.match(/look at (\d+) metrics, and (\d+) composite/)!.map(Number);
  expect(composites).toBe(ALARM_GROUPS.length * SEVERITIES.length);
  expect(costs.get(alarms)).toEqual(Array(2).fill(`$${(watched! * 0.1 + composites! * 0.5).toFixed(2)}`));
  const together = costs.get('together')!;
  costs.delete('together');
  expect(together).toEqual(
    [0, 1].map((at) => {
      const sum = [...costs.values()].reduce((all, prices) => all + Number(prices[at]!.slice(1)), 0);
      return `$${sum.toFixed(2)}`;
    }),
  );
  // Lines stand for several requests above 20 a second and container.
  const day = (86_400 * 20 * rejection * PRICES.logGigabyte) / 1e9;
  expect(page).toContain(`$${day.toFixed(2)} a day for each container`);
  expect(page).toContain(`${rejection} bytes`);
});
