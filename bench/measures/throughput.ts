import { Limiter } from '../../lambda/limiter/limiter.ts';
import { windowBudget } from '../../lambda/policy/budget.ts';
import { dynamodbStore } from '../../lambda/store/dynamodb.ts';
import { COUNTERS } from '../../lambda/store/registry-keys.ts';
import { createTable, localClient } from '../contestants/counter-table.ts';

/** Decisions a second of one process against the engine, 32 under way at once: SDK, HTTP and engine share the machine. */
export async function measureThroughput(engine: string, decisions: number): Promise<number> {
  const client = localClient(engine);
  const store = dynamodbStore(client, await createTable(engine, COUNTERS.partitionKey));
  const limiter = new Limiter({ store, clock: Date.now });
  const budget = windowBudget('limit', 'sliding-window', { limit: 1e6, windowMs: 60_000 });
  const charges = [{ name: 'limit', budget, cost: 1, mode: 'enforce', onStoreFailure: 'allow' } as const];
  const run = async (count: number) => {
    let next = 0;
    const lane = async () => {
      while (next++ < count) await limiter.decide([{ subject: `client:${next % 100}`, charges }]);
    };
    await Promise.all(Array.from({ length: 32 }, lane));
  };
  await run(decisions / 4);
  const since = performance.now();
  await run(decisions);
  const perSecond = decisions / ((performance.now() - since) / 1000);
  client.destroy();
  return perSecond;
}
