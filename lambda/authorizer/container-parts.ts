import { BlockList } from '../identity/block-list.ts';
import { dynamodbRegistry } from '../identity/dynamodb-registry.ts';
import { standingOrders } from '../identity/standing-orders.ts';
import { Limiter } from '../limiter/index.ts';
import type { Policy } from '../policy/policy.ts';
import { ContainerMetrics } from '../signals/container-metrics.ts';
import { print, type Say } from '../signals/log-lines.ts';
import { measuredStore } from '../signals/measured-store.ts';
import { nearQuotaLog } from '../signals/near-quota-log.ts';
import { quotaWatch } from '../signals/quota-watch.ts';
import { dynamodbStore } from '../store/dynamodb.ts';
import { createDynamoDbClient } from '../store/dynamodb-client.ts';
import { observeDates } from '../store/observe-dates.ts';
import { reliableStore } from '../store/reliable-store.ts';
import { StoreClock } from '../store/store-clock.ts';
import { describeFault } from './describe-fault.ts';
import type { AuthorizerSettings } from './read-environment.ts';
import { messageOf, type RejectionRecord, sampledRejections } from './rejection-log.ts';
import { seldom } from './seldom.ts';

/** What a container that decides is made of, the authorizer's as well as that of a user's own authorizer. Made once, at INIT. */
export function containerParts(environment: AuthorizerSettings, policy: Policy, say: Say) {
  const own = () => Date.now();
  const storeClock = new StoreClock(own);
  const clock = () => storeClock.now();
  const client = createDynamoDbClient();
  observeDates(client, storeClock, own);
  const registry = dynamodbRegistry(client, environment.registryTable);
  const warn = (message: string) =>
    seldom((error, repeated) => say('warn', message, { ...describeFault(error), ...repeated }));
  const { onOrders, budgetNow } = standingOrders({
    policy,
    clock,
    forget: (subject) => limiter.forget(subject),
    say: (message, more) => say('info', message, more),
    warn: (problem) => say('warn', problem, {}),
  });
  const blocks = new BlockList({ registry, clock, onOrders, onError: warn('The blocks could not be read') });
  const [watchQuotas, logNear] = [quotaWatch(policy.limits), nearQuotaLog(say, own)];
  const metrics = new ContainerMetrics({
    gate: environment.gate,
    write: print,
    now: own,
    everyMs: environment.flushMs,
    nearQuota: (limits) => watchQuotas(limits, logNear),
  });
  const limiter = new Limiter({
    store: reliableStore(measuredStore(dynamodbStore(client, environment.countersTable), metrics), environment),
    clock,
    monotonic: () => performance.now(),
    onStoreError: warn('The counters could not be asked'),
    onLease: () => metrics.count('LeaseGrants'),
  });
  const fault = seldom((error, repeated) =>
    say('error', 'A decision failed', { ...describeFault(error), ...repeated }),
  );
  const onFault = (error: unknown): void => {
    metrics.count('AuthorizerErrors');
    fault(error);
  };
  const log = sampledRejections((rejection: RejectionRecord) => say('info', messageOf(rejection), rejection), own);
  return { registry, blocks, limiter, budgetNow, clock, metrics, warn, onFault, log };
}
