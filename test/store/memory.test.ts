import { memoryStore } from '../../lambda/store/memory.ts';
import { contract, set, WRITE } from './contract.ts';

describe('the store contract in memory', () => {
  const store = memoryStore();
  contract(() => store);

  test('an answer does not change with later writes', async () => {
    const first = await store.update('kept', { ...WRITE, assignments: [set('a', 1)] });
    await store.update('kept', { ...WRITE, assignments: [set('a', 2)] });
    expect(first.item).toEqual({ a: 1 });
  });
});
