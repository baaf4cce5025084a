import type { CounterStore } from '../../lambda/limiter/counter-store.ts';
import { type ScratchTable, scratchTable } from '../../lambda/store/contract/scratch-table.ts';
import { dynamodbStore } from '../../lambda/store/dynamodb.ts';
import { contract } from '../store/contract.ts';
import { target } from './target.ts';

describe('the store contract, on this DynamoDB', () => {
  let store: CounterStore;
  let table: ScratchTable | undefined;
  beforeAll(async () => {
    table = await scratchTable(target().client);
    store = dynamodbStore(table.client, table.name);
  }, 150_000);
  afterAll(() => table?.remove());

  contract(
    () => store,
    () => table!,
  );
});
