// What a million requests of an attacker cost in writes, look-ups and log: one container, all of the authorizer but DynamoDB, a
// virtual clock.   node bench/attack.ts [requests a second] [requests]
import { createAuthorizer } from '../lambda/authorizer/authorizer.ts';
import { createGate } from '../lambda/authorizer/gate.ts';
import { messageOf, sampledRejections } from '../lambda/authorizer/rejection-log.ts';
import { BlockList } from '../lambda/identity/block-list.ts';
import { ClientCache } from '../lambda/identity/client-cache.ts';
import { Limiter } from '../lambda/limiter/index.ts';
import { compilePolicy } from '../lambda/policy/parse.ts';
import { ContainerMetrics } from '../lambda/signals/container-metrics.ts';
import { measuredStore } from '../lambda/signals/measured-store.ts';
import { memoryStore } from '../lambda/store/memory.ts';

/** What CloudWatch Logs bills for an event besides its text, bytes. */
const EVENT_BYTES = 26;
/** us-east-1: a million write units, a million read units (a look-up is half of one), a GB of log. Dollars. */
const PRICES = { writes: 0.625, reads: 0.125, log: 0.5 } as const;
const policyOf = (limits: string) => compilePolicy(`identify: [{ apiKey: x-api-key }]\nlimits: {${limits}}`, 'bench');
const BOTH = policyOf('address: { per: address, rate: 60/minute }, client: { per: client, rate: 600/minute }');
const CLIENTS_ALONE = policyOf('client: { per: client, rate: 60/minute }');

interface Attack {
  readonly address: (i: number) => string;
  readonly key?: (i: number) => string;
  readonly blocked?: boolean;
  /** @default - limits by address and by client */
  readonly policy?: typeof BOTH;
}

const one = () => '203.0.113.7';
const madeUp = (i: number) => `made-up-key-${String(i).padStart(12, '0')}`;
const among = (count: number) => (i: number) =>
  `10.${((i % count) >> 16) & 255}.${((i % count) >> 8) & 255}.${(i % count) & 255}`;
const ATTACKS: Readonly<Record<string, Attack>> = {
  'one address': { address: one },
  'one address, a made-up key each time': { address: one, key: madeUp },
  '... where no limit is per address': { address: one, key: madeUp, policy: CLIENTS_ALONE },
  'one address, blocked': { address: one, blocked: true },
  '10 addresses, ten times over the limit each': { address: among(10) },
  'an address for every request': { address: among(1 << 24) },
};

async function measure({ address, key, blocked, policy = BOTH }: Attack, perSecond: number, requests: number) {
  let now = 1.8e12;
  const clock = () => now;
  const counted = { writes: 0, lookUps: 0, bytes: 0, passed: 0 };
  const write = (line: string) => {
    counted.bytes += Buffer.byteLength(line) + EVENT_BYTES;
  };
  const metrics = new ContainerMetrics({ gate: 'bench', write, now: clock });
  const memory = memoryStore();
  const store = measuredStore(
    {
      update: (subject, draft) => {
        counted.writes++;
        return memory.update(subject, draft);
      },
    },
    metrics,
  );
  const registry = {
    clientByKey: async () => {
      counted.lookUps++;
      return undefined;
    },
    blocks: async () => (blocked ? [{ subject: `address:${one()}` }] : []),
  };
  const blocks = new BlockList({ registry, clock });
  await blocks.load();
  const gate = createGate({
    policy,
    limiter: new Limiter({ store, clock }),
    clients: new ClientCache({ registry, clock }),
    blocks,
    clock,
    onFault: (error) => {
      throw error;
    },
  });
  const log = sampledRejections(
    (record) =>
      write(
        JSON.stringify({
          level: 'INFO',
          message: messageOf(record),
          timestamp: new Date(now).toISOString(),
          service: 'headgate',
          ...record,
        }),
      ),
    clock,
  );
  const authorizer = createAuthorizer({ gate, softDenyApis: new Set(), metrics, log, clock });
  const cpu = process.cpuUsage();
  for (let i = 0; i < requests; i++) {
    now += 1000 / perSecond;
    const answer = await authorizer(event(address(i), key?.(i))).catch(() => undefined);
    if (answer && 'policyDocument' in answer && answer.policyDocument.Statement[0].Effect === 'Allow') counted.passed++;
  }
  const { user, system } = process.cpuUsage(cpu);
  const million = 1e6 / requests;
  const dollars = counted.writes * PRICES.writes + (counted.lookUps * PRICES.reads) / 2;
  return {
    'passed, %': Number(((100 * counted.passed) / requests).toFixed(2)),
    writes: Math.round(counted.writes * million),
    'look-ups': Math.round(counted.lookUps * million),
    'MB of log': Number(((counted.bytes * million) / 1e6).toFixed(1)),
    '$, a million': Number(((dollars * million) / 1e6 + (counted.bytes * million * PRICES.log) / 1e9).toFixed(3)),
    'CPU, us each': Number(((user + system) / requests).toFixed(1)),
  };
}

const event = (sourceIp: string, key?: string) => ({
  type: 'REQUEST',
  methodArn: 'arn:aws:execute-api:us-east-1:123456789012:abc123defg/prod/GET/notes',
  ...{ resource: '/notes', path: '/notes', httpMethod: 'GET', headers: key ? { 'x-api-key': key } : {} },
  requestContext: {
    ...{ apiId: 'abc123defg', stage: 'prod', requestId: 'c6af9ac6-7b61-11e6-9a41-93e8deadbeef' },
    identity: { sourceIp },
  },
});

if (process.argv[1] === import.meta.filename) {
  const [perSecond = 100, requests = 100_000] = process.argv.slice(2).map(Number);
  const rows: Record<string, object> = {};
  for (const [name, attack] of Object.entries(ATTACKS)) rows[name] = await measure(attack, perSecond, requests);
  console.table(rows);
}
