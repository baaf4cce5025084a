// What metrics cost a decision: bytes of log and CPU, gathered as the authorizer does it, with a line for each request, and
// without any.   node bench/signals.ts [requests a second] [requests]
import { performance } from 'node:perf_hooks';
import { Metrics } from '@aws-lambda-powertools/metrics';
import { createAuthorizer } from '../lambda/authorizer/authorizer.ts';
import { createGate } from '../lambda/authorizer/gate.ts';
import { Limiter } from '../lambda/limiter/index.ts';
import { compilePolicy } from '../lambda/policy/parse.ts';
import { ContainerMetrics, type MetricsSink } from '../lambda/signals/container-metrics.ts';
import { measuredStore } from '../lambda/signals/measured-store.ts';
import { quotaWatch } from '../lambda/signals/quota-watch.ts';
import { memoryStore } from '../lambda/store/memory.ts';
import { percentile } from './measures/percentile.ts';

/** What CloudWatch Logs bills for an event besides its text, bytes. */
const EVENT_BYTES = 26;
const ADDRESSES = 1000;
const policy = compilePolicy(
  'limits:\n  minute: { per: address, rate: 6000/minute }\n  month: { per: address, rate: 1000000/calendar-month }\n',
  'bench',
);

type Kind = 'none' | 'a line each' | 'gathered';

async function measure(kind: Kind, perSecond: number, requests: number) {
  let now = 1.8e12;
  let bytes = 0;
  let lines = 0;
  const write = (line: string) => {
    lines++;
    bytes += Buffer.byteLength(line) + EVENT_BYTES;
  };
  const clock = () => now;
  const gathered = new ContainerMetrics({ gate: 'bench', write, now: clock, nearQuota: quotaWatch(policy.limits) });
  const metrics: MetricsSink =
    kind === 'gathered' ? gathered : kind === 'a line each' ? lineEach(write) : { record: () => {} };
  const memory = memoryStore();
  const limiter = new Limiter({ store: kind === 'gathered' ? measuredStore(memory, gathered) : memory, clock });
  const gate = createGate({
    policy,
    limiter,
    clients: { lookUp: async () => ({ kind: 'unknown' }) },
    blocks: { address: () => undefined, client: () => undefined, refresh: () => {} },
    clock,
    onFault: (error) => {
      throw error;
    },
  });
  const authorizer = createAuthorizer({ gate, softDenyApis: new Set(), metrics, log: () => {}, clock });
  const took: number[] = [];
  let cpu = process.cpuUsage();
  for (let i = 0; i < requests * 1.5; i++) {
    if (i === requests / 2) {
      [bytes, lines, took.length] = [0, 0, 0];
      cpu = process.cpuUsage();
    }
    now += 1000 / perSecond;
    const since = performance.now();
    await authorizer(event(i));
    took.push((performance.now() - since) * 1000);
  }
  const { user, system } = process.cpuUsage(cpu);
  return {
    metrics: kind,
    'MB for a million': Number((bytes / requests).toFixed(1)),
    'bytes a line': lines === 0 ? 0 : Math.round(bytes / lines),
    'p50, us': Number(percentile(took, 0.5).toFixed(1)),
    'CPU, us': Number(((user + system) / requests).toFixed(1)),
  };
}

/** Powertools, one line for each request. */
function lineEach(write: (line: string) => void): MetricsSink {
  Object.assign(process.env, { POWERTOOLS_DEV: 'true', POWERTOOLS_METRICS_DISABLED: 'false' });
  console.log = write;
  const metrics = new Metrics({ namespace: 'Headgate' });
  metrics.clearDefaultDimensions();
  metrics.setDefaultDimensions({ Gate: 'bench' });
  return {
    record(names) {
      for (const name of names) metrics.addMetric(name, 'Count', 1);
      metrics.publishStoredMetrics();
    },
  };
}

const event = (i: number) => ({
  type: 'REQUEST',
  methodArn: 'arn:aws:execute-api:us-east-1:123456789012:abc123defg/prod/GET/notes',
  ...{ resource: '/notes', path: '/notes', httpMethod: 'GET', headers: {}, multiValueHeaders: {} },
  requestContext: {
    ...{ apiId: 'abc123defg', stage: 'prod', requestId: 'c6af9ac6-7b61-11e6-9a41-93e8deadbeef' },
    identity: { sourceIp: `10.0.${(i % ADDRESSES) >> 8}.${(i % ADDRESSES) & 255}` },
  },
});

if (process.argv[1] === import.meta.filename) {
  const [perSecond = 50, requests = 100_000] = process.argv.slice(2).map(Number);
  const print = console.log;
  const rows = [];
  for (const kind of ['none', 'gathered', 'a line each'] as const) rows.push(await measure(kind, perSecond, requests));
  console.log = print;
  console.table(rows);
}
