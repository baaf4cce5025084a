import { existsSync } from 'node:fs';
import { MissingEnvironmentError } from '../authorizer/authorizer-error.ts';
import { describeFault } from '../authorizer/describe-fault.ts';
import { AUTHORIZER_ENVIRONMENT } from '../authorizer/environment.ts';
import { readEnvironment } from '../authorizer/read-environment.ts';
import { messageOf, sampledRejections } from '../authorizer/rejection-log.ts';
import { seldom } from '../authorizer/seldom.ts';
import { BlockList } from '../identity/block-list.ts';
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
import type { OwnAuthorizerParts } from './own-authorizer.ts';

/** Where `gate.grantLimit(fn)` puts the policy: a layer, which Lambda lays out under `/opt`. */
const LAYER_FILE = '/opt/headgate/policy.json';

/** Whether `gate.grantLimit(fn)` has set this function up. */
export const isGranted = (): boolean => Boolean(process.env[AUTHORIZER_ENVIRONMENT.countersTable]);

/**
 * The parts of a function that `gate.grantLimit(fn)` has set up. Its log is the function's: lines of JSON.
 *
 * @throws MissingEnvironmentError (HG330), PolicyFileError (HG331)
 */
export async function partsFromEnvironment(): Promise<OwnAuthorizerParts> {
  const environment = readEnvironment(process.env);
  const file = process.env[AUTHORIZER_ENVIRONMENT.policyFile] || LAYER_FILE;
  if (file === LAYER_FILE && !existsSync(file)) throw new MissingEnvironmentError(AUTHORIZER_ENVIRONMENT.policyFile);
  const policy = loadPolicy(file);
  const own = () => Date.now();
  const storeClock = new StoreClock(own);
  const clock = () => storeClock.now();
  const client = createDynamoDbClient();
  observeDates(client, storeClock, own);
  const registry = dynamodbRegistry(client, environment.registryTable);
  const say = (level: 'INFO' | 'WARN' | 'ERROR', message: string, more: object) =>
    print(JSON.stringify({ level, service: 'headgate', message, ...more }));
  const warn = (message: string) =>
    seldom((error, repeated) => say('WARN', message, { ...describeFault(error), ...repeated }));
  const { onOrders, budgetNow } = standingOrders({
    policy,
    clock,
    forget: (subject) => limiter.forget(subject),
    say: (message, more) => say('INFO', message, more),
    warn: seldom((problem, repeated) => say('WARN', String(problem), repeated)),
  });
  const blocks = new BlockList({ registry, clock, onOrders, onError: warn('The blocks could not be read') });
  const metrics = new ContainerMetrics({
    gate: environment.gate,
    write: print,
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
  const fault = seldom((error, more) => say('ERROR', 'A decision failed', { ...describeFault(error), ...more }));
  // Opens the connection as well. It ends within its own deadline and never fails.
  await blocks.load();
  return {
    policy,
    limiter,
    blocks,
    budgetNow,
    clock,
    onFault: (error) => {
      metrics.count('AuthorizerErrors');
      fault(error);
    },
    metrics,
    log: sampledRejections((rejection) => say('INFO', messageOf(rejection), rejection), own),
  };
}

/** Not by the console: with Lambda's JSON log format it would wrap the line, and no metric would be found in it. */
function print(line: string): void {
  process.stdout.write(`${line}\n`);
}
