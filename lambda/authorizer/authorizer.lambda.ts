// The authorizer function: wires the parts together. One container makes everything once, at INIT.
import path from 'node:path';
import { Logger } from '@aws-lambda-powertools/logger';
import { keysOf } from '../identity/api-key.ts';
import { BlockList } from '../identity/block-list.ts';
import { ClientCache } from '../identity/client-cache.ts';
import { dynamodbRegistry } from '../identity/dynamodb-registry.ts';
import { standingOrders } from '../identity/standing-orders.ts';
import { Limiter } from '../limiter/index.ts';
import { loadPolicy } from '../policy/load-policy.ts';
import { ContainerMetrics } from '../signals/container-metrics.ts';
import { measuredStore } from '../signals/measured-store.ts';
import { quotaWatch } from '../signals/quota-watch.ts';
import { dynamodbStore } from '../store/dynamodb.ts';
import { createDynamoDbClient } from '../store/dynamodb-client.ts';
import { observeDates } from '../store/observe-dates.ts';
import { reliableStore } from '../store/reliable-store.ts';
import { StoreClock } from '../store/store-clock.ts';
import { createAuthorizer } from './authorizer.ts';
import { describeFault } from './describe-fault.ts';
import { createGate } from './gate.ts';
import { readEnvironment } from './read-environment.ts';
import { messageOf, sampledRejections } from './rejection-log.ts';
import { seldom } from './seldom.ts';

const environment = readEnvironment(process.env);
const policy = loadPolicy(path.join(import.meta.dirname, 'policy.json'));
const logger = new Logger({ serviceName: 'headgate' });

const own = () => Date.now();
const storeClock = new StoreClock(own);
const clock = () => storeClock.now();
const client = createDynamoDbClient();
observeDates(client, storeClock, own);
const registry = dynamodbRegistry(client, environment.registryTable);

const warn = (what: string) => seldom((error, repeated) => logger.warn(what, { ...describeFault(error), ...repeated }));
const { onOrders, budgetNow } = standingOrders({
  policy,
  clock,
  forget: (subject) => limiter.forget(subject),
  say: (message, more) => logger.info(message, more),
  warn: seldom((problem, repeated) => logger.warn(String(problem), { ...repeated })),
});
const blocks = new BlockList({ registry, clock, onOrders, onError: warn('The blocks could not be read') });
const clients = new ClientCache({ registry, clock, onError: warn('A key could not be looked up') });
const tokens = policy.identify.some(({ kind }) => kind === 'jwt') ? await tokenVerifier() : undefined;
const metrics = new ContainerMetrics({
  gate: environment.gate,
  // Not by the console: with Lambda's JSON log format it would wrap the line, and no metric would be found in it.
  write: (line) => void process.stdout.write(`${line}\n`),
  now: own,
  everyMs: environment.flushMs,
  nearQuota: quotaWatch(policy.limits),
});
const limiter = new Limiter({
  store: reliableStore(measuredStore(dynamodbStore(client, environment.countersTable), metrics), environment),
  clock,
  monotonic: () => performance.now(),
  onStoreError: warn('The counters could not be asked'),
  onLease: () => metrics.count('LeaseGrants'),
});
const fault = seldom((error, repeated) => logger.error('A decision failed', { ...describeFault(error), ...repeated }));
const gate = createGate({
  policy,
  limiter,
  clients,
  ...(tokens && { tokens }),
  blocks,
  budgetNow,
  clock,
  onFault: (error) => {
    metrics.count('AuthorizerErrors');
    fault(error);
  },
});

export const handler = createAuthorizer({
  gate,
  softDenyApis: environment.softDenyApis,
  ...(environment.passKeys && { keyToPass: (request) => keysOf(policy.identify, request)[0] }),
  headers: policy.headers,
  metrics,
  log: sampledRejections((rejection) => logger.info(messageOf(rejection), { ...rejection }), own),
  clock,
});

// Opens the connection as well, so that no request has to. They end within their own deadlines and never fail.
await Promise.all([blocks.load(), tokens?.load()]);

/** In a file of its own, which other policies never load. */
async function tokenVerifier() {
  const { JwtVerifier } = await import('../identity/jwt/token-verifier.ts');
  return new JwtVerifier({
    sources: policy.identify,
    clock,
    onError: warn("The keys of a token's issuer could not be fetched"),
    onRefused: seldom((reason, repeated) => logger.info('A token proved nothing', { reason, ...repeated })),
  });
}
