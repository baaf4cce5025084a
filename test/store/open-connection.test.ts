import { memoryStore } from '../../lambda/store/memory.ts';
import { openConnection } from '../../lambda/store/open-connection.ts';
import { StoreDeadlineError } from '../../lambda/store/store-error.ts';

describe('openConnection', () => {
  test('sends one write that can never apply', async () => {
    const store = memoryStore();
    const update = jest.spyOn(store, 'update');
    await openConnection(store);
    await openConnection(store);
    expect(update).toHaveBeenCalledTimes(2);
    expect(store.items.size).toBe(0);
  });

  test('leaves failures of the store to the first decision, and no others', async () => {
    const failing = (error: Error) => ({ update: () => Promise.reject(error) });
    await expect(openConnection(failing(new StoreDeadlineError(150, 1)))).resolves.toBeUndefined();
    await expect(openConnection(failing(new TypeError('mistake')))).rejects.toThrow(TypeError);
  });
});
