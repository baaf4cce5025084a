import type { CounterStore } from '../../lambda/limiter/counter-store.ts';
import type { ContractTable } from '../../lambda/store/contract/check.ts';
import { CONTRACT } from '../../lambda/store/contract/contract.ts';

export { set, WRITE } from '../../lambda/store/contract/check.ts';

let count = 0;

/** The store contract, one assumption a test; with `tableOf` also what it says of DynamoDB beneath the store. */
export function contract(storeOf: () => CounterStore, tableOf?: () => ContractTable): void {
  test.each(CONTRACT.filter((check) => check.of === 'store' || tableOf))('$name: $assumption', async (check) => {
    const table = tableOf?.();
    await check.run({ store: storeOf(), subject: `contract:${count++}`, ...(table ? { table } : {}) });
  });
}
