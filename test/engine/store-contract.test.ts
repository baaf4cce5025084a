import { contract } from '../store/contract.ts';
import { useEngine } from '../support/engine/use-engine.ts';

describe('the store contract in DynamoDB', () => {
  const engine = useEngine();
  contract(
    () => engine.store,
    () => ({ client: engine.client, name: engine.tableName }),
  );
});
