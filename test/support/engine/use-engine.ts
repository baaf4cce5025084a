import type { DynamoDBClient } from '@aws-sdk/client-dynamodb';
import type { CounterStore } from '../../../lambda/limiter/counter-store.ts';
import { dynamodbStore } from '../../../lambda/store/dynamodb.ts';
import { type Engine, startEngine } from './start.ts';
import { createCountersTable, engineClient } from './tables.ts';

export interface EngineInUse {
  readonly client: DynamoDBClient;
  readonly tableName: string;
  readonly store: CounterStore;
}

/** Starts an engine with a counters table before the tests of this file and ends it after them. */
export function useEngine(): EngineInUse {
  const inUse = {} as { -readonly [K in keyof EngineInUse]: EngineInUse[K] };
  let engine: Engine | undefined;
  beforeAll(async () => {
    engine = await startEngine();
    inUse.client = engineClient(engine.endpoint);
    inUse.tableName = await createCountersTable(inUse.client);
    inUse.store = dynamodbStore(inUse.client, inUse.tableName);
  }, 180_000);
  afterAll(async () => {
    inUse.client?.destroy();
    await engine?.stop();
  });
  return inUse;
}
