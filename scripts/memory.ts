// `npm run memory`: how much one container remembers of 100,000 addresses, in MB of heap.
import { spawnSync } from 'node:child_process';
import { Limiter } from '../lambda/limiter/limiter.ts';
import { memoryStore } from '../lambda/store/memory.ts';

if (!globalThis.gc) {
  const args = ['--expose-gc', import.meta.filename];
  process.exit(spawnSync(process.execPath, args, { stdio: 'inherit' }).status ?? 1);
}

const heapMb = () => {
  globalThis.gc!();
  globalThis.gc!();
  return process.memoryUsage().heapUsed / 2 ** 20;
};
const budget = (cellId: string, windowMs: number) =>
  ({ algorithm: 'sliding-window', limit: 60, windowMs, epochMs: windowMs / 10, cellId }) as const;
const budgets = ['aaa', 'bbb', 'ccc', 'ddd', 'eee'].map((id, i) => budget(id, 60_000 * 10 ** i));

for (const count of [1, 5]) {
  const memory = memoryStore();
  let now = 1.8e12;
  // The items are the table's, not the container's.
  const store = {
    update: async (...args: Parameters<typeof memory.update>) => {
      const outcome = await memory.update(...args);
      if (memory.items.size > 20_000) memory.items.clear();
      return outcome;
    },
  };
  const limiter = new Limiter({ store, clock: () => now });
  const before = heapMb();
  for (const addresses of [10_000, 100_000]) {
    for (let i = 0; i < addresses; i++) {
      now += 1;
      const charges = budgets.slice(0, count).map((one) => {
        return { name: one.cellId, budget: one, cost: 1, mode: 'enforce', onStoreFailure: 'allow' } as const;
      });
      await limiter.decide([{ subject: `address:2001:db8:${i.toString(16)}::/64`, charges }]);
    }
    memory.items.clear();
    console.log(`${count} limit(s), ${addresses} addresses: ${(heapMb() - before).toFixed(1)} MB of heap`);
  }
  limiter.deniedByBelief([]);
}
