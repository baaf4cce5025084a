import { StoreError } from '../../lambda/limiter/store-error.ts';
import { measuredStore } from '../../lambda/signals/measured-store.ts';

const WRITE = { conditions: [], assignments: [], removals: [] };

test('measures writes whatever becomes of them, counts those that were throttled, and changes nothing', async () => {
  let now = 0;
  const noted: unknown[] = [];
  const answers: (() => unknown)[] = [
    () => ({ applied: true, item: { a: 1 } }),
    () => {
      throw new StoreError('HG302', 'throttled', 'slow down');
    },
    () => {
      throw new StoreError('HG303', 'unavailable', 'down');
    },
  ];
  const store = measuredStore(
    {
      async update() {
        now += 2.5;
        return answers.shift()!() as never;
      },
    },
    { count: (name) => noted.push(name), time: (name, ms) => noted.push([name, ms]) },
    () => now,
  );
  expect(await store.update('all', WRITE)).toEqual({ applied: true, item: { a: 1 } });
  await expect(store.update('all', WRITE)).rejects.toMatchObject({ code: 'HG302' });
  await expect(store.update('all', WRITE)).rejects.toMatchObject({ code: 'HG303' });
  expect(noted).toEqual([['StoreLatency', 2.5], 'StoreThrottles', ['StoreLatency', 2.5], ['StoreLatency', 2.5]]);
});
