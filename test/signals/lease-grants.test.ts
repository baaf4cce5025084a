import { Limiter, type SubjectCharges } from '../../lambda/limiter/index.ts';
import { windowBudget } from '../../lambda/policy/budget.ts';
import { memoryStore } from '../../lambda/store/memory.ts';

test('every write that takes units ahead is told once, with for how many requests', async () => {
  const grants: number[] = [];
  let writes = 0;
  let now = 1.8e12;
  const store = memoryStore();
  const limiter = new Limiter({
    store: {
      update: (...write) => {
        writes++;
        return store.update(...write);
      },
    },
    clock: () => now,
    onLease: (ahead) => grants.push(ahead),
  });
  const budget = windowBudget('ceiling', 'sliding-window', { limit: 1_000_000, windowMs: 1000 });
  const charges = [{ name: 'ceiling', budget, cost: 1, mode: 'enforce', onStoreFailure: 'allow' }] as const;
  const requests = 1000;
  const send = async (more: Partial<SubjectCharges>) => {
    for (let i = 0; i < requests; i++) {
      now += 1;
      await limiter.decide([{ subject: 'all', charges, ...more }]);
    }
  };
  await send({});
  expect([grants, writes]).toEqual([[], requests]);
  writes = 0;
  await send({ shared: true });
  expect(grants.length).toBeGreaterThan(0);
  expect(grants.length).toBeLessThanOrEqual(writes);
  expect(Math.min(...grants)).toBeGreaterThanOrEqual(1);
  // Each request is paid for by a write of its own or by a unit taken ahead.
  const ahead = grants.reduce((sum, one) => sum + one, 0);
  expect(writes + ahead).toBeGreaterThanOrEqual(requests);
  expect(writes).toBeLessThan(requests / 2);
});
