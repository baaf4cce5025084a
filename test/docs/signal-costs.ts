import { Logger } from '@aws-lambda-powertools/logger';
import { rejectionsOf } from '../../lambda/authorizer/rejection-log.ts';
import { accessLogFormat } from '../../lambda/http/access-log-format.ts';
import type { LimitStatus } from '../../lambda/limiter/verdict.ts';
import { ContainerMetrics } from '../../lambda/signals/container-metrics.ts';
import { METRIC_DESCRIPTIONS, type MetricDescription, type MetricName } from '../../lambda/signals/metric-names.ts';

/** Dollars, us-east-1. */
export const PRICES = { metric: 0.3, logGigabyte: 0.5 };
/** What CloudWatch Logs bills for an event besides its text, bytes. */
const EVENT_BYTES = 26;
const MONTH_MS = 30 * 86_400_000;
const HOUR_MS = 3_600_000;

export const descriptions = Object.entries(METRIC_DESCRIPTIONS) as [MetricName, MetricDescription][];

/** What one metric costs a month, in words. */
export function priceOf({ sets }: MetricDescription): string {
  const more = [...(sets.includes('api') ? ['each stage'] : []), ...(sets.includes('limit') ? ['each limit'] : [])];
  return ['$0.30', ...more.map((what) => `$0.30 for ${what}`)].join(' + ');
}

/** Metrics that a gate of so many stages and limits has where all of them occur. A limit is enforced or in the shadow. */
export function metricsOf(stages: number, limits: number): number {
  const placed = descriptions.filter(([, { sets }]) => sets.includes('api')).length;
  return descriptions.length + placed * stages + limits;
}

/** Bytes of metric lines in a month, of so many containers that share the requests evenly. */
export function metricBytes(requests: number, containers: number): number {
  const gap = (MONTH_MS * containers) / requests;
  let bytes = 0;
  let now = 1_800_000_000_000;
  const metrics = new ContainerMetrics({
    gate: 'NotesApi.Headgate',
    random: () => 0.5,
    now: () => now,
    write: (line) => {
      bytes += Buffer.byteLength(line) + EVENT_BYTES;
    },
  });
  const place = { api: 'abc123defg', stage: 'prod' };
  // An hour is enough: every hour is like the one before.
  const end = now + HOUR_MS;
  for (let i = 0; now < end; i++, now += gap) {
    metrics.time('StoreLatency', 3 + (i % 17) / 10);
    metrics.record(['Allowed'], 0, { ...place, shadowLimited: [], limits: [], writes: 1, tookMs: 4 + (i % 23) / 10 });
  }
  return (bytes * containers * MONTH_MS) / HOUR_MS;
}

/** Bytes of one line of the rejection log, as Powertools writes it. */
export function rejectionBytes(): number {
  const request = {
    ...{ method: 'GET', path: '/notes', headers: undefined, sourceIp: '', gatewayKeyId: undefined },
    ...{
      route: 'GET /notes/{id}',
      api: 'abc123defg',
      stage: 'prod',
      requestId: 'c6af9ac6-7b61-11e6-9a41-93e8deadbeef',
    },
  };
  const status: LimitStatus = {
    name: 'client',
    subject: 'client:acme-production',
    mode: 'enforce',
    limit: 60,
    windowMs: 60_000,
    remaining: 0,
    resetAt: 1_800_000_060_000,
    allowed: false,
    retryAt: 1_800_000_014_000,
  };
  const caller = { client: 'acme-production', address: '203.0.113.117', tier: 'default' };
  const verdict = { allowed: false, limits: [status], binding: status, retryAt: 1_800_000_014_000, writes: 0 };
  const [record] = rejectionsOf(request, { kind: 'decided', caller, verdict }, 1_800_000_000_000);
  let line = '';
  const { POWERTOOLS_DEV: dev } = process.env;
  process.env.POWERTOOLS_DEV = 'true';
  const said = jest.spyOn(console, 'info').mockImplementation((text: string) => {
    line = JSON.stringify(JSON.parse(text));
  });
  new Logger({ serviceName: 'headgate', logLevel: 'INFO' }).info('Request turned away', { ...record, represents: 1 });
  said.mockRestore();
  process.env.POWERTOOLS_DEV = dev ?? '';
  return Buffer.byteLength(line) + EVENT_BYTES;
}

const ACCESS_VALUES: Readonly<Record<string, string>> = {
  requestId: 'c6af9ac6-7b61-11e6-9a41-93e8deadbeef',
  requestTime: '24/Nov/2026:18:40:00 +0000',
};

/** Bytes of one line of a REST API's access log, its variables as long as they usually are. */
export function accessLogBytes(): number {
  const line = accessLogFormat('rest', 'NotesApi.Headgate').replaceAll(
    /\$context\.([A-Za-z.-]+)/g,
    (_, name: string) => ACCESS_VALUES[name] ?? 'eightchr',
  );
  return Buffer.byteLength(line) + EVENT_BYTES;
}

export const dollars = (bytes: number): string => `$${((bytes / 1e9) * PRICES.logGigabyte).toFixed(2)}`;
