import type { CounterStore } from '../../lambda/limiter/counter-store.ts';
import { dynamodbStore } from '../../lambda/store/dynamodb.ts';
import { contract } from '../store/contract.ts';
import { scratchTable, target } from './target.ts';

describe('the store contract, on this DynamoDB', () => {
  let store: CounterStore;
  let remove: () => Promise<void>;
  beforeAll(async () => {
    const table = await scratchTable(target().client);
    store = dynamodbStore(table.client, table.name);
    remove = table.remove;
  }, 150_000);
  afterAll(() => remove?.());

  contract(() => store);
});
