import { itemBytes as billedBytes } from '../../lambda/limiter/item-layout.ts';
import { Limiter } from '../../lambda/limiter/limiter.ts';
import { bucketBudget, queueBudget, windowBudget } from '../../lambda/policy/budget.ts';
import { itemBytes, WRITE_UNIT_BYTES } from '../../lambda/policy/item-size.ts';
import type { Budget } from '../../lambda/policy/policy.ts';
import { memoryStore } from '../../lambda/store/memory.ts';

/** The largest that the item really gets while one caller sends just below the smallest rate. */
async function largest(budgets: readonly Budget[]): Promise<number> {
  const store = memoryStore();
  const start = Date.UTC(2027, 0, 15);
  let now = start;
  const limiter = new Limiter({ store, clock: () => now });
  const subject = 'client:'.padEnd(48, 'x');
  const charges = budgets.map((budget, index) => ({
    name: `l${index}`,
    budget,
    cost: 1,
    mode: 'enforce' as const,
    onStoreFailure: 'allow' as const,
  }));
  let most = 0;
  const window = Math.max(...budgets.map(({ windowMs }) => windowMs));
  const step = Math.max(...budgets.map(({ limit, windowMs }) => windowMs / (0.85 * limit)));
  for (; now < start + 4 * window; now = Math.floor(now + step)) {
    await limiter.decide([{ subject, charges }]);
    most = Math.max(most, billedBytes(subject, store.items.get(subject)!));
  }
  return most;
}

const minute = (limit: number) => ({ limit, windowMs: 60_000 });

test.each<[string, readonly Budget[]]>([
  ['one sliding window', [windowBudget('a', 'sliding-window', minute(60))]],
  ['one fixed window', [windowBudget('a', 'fixed-window', minute(60))]],
  ['one bucket', [bucketBudget('a', minute(60), 20)]],
  ['one counter', [windowBudget('a', 'sliding-window-counter', minute(60))]],
  ['one log', [windowBudget('a', 'sliding-window-log', minute(60))]],
  ['one queue', [queueBudget('a', { limit: 20, windowMs: 1000 }, 10, 2000)]],
  ['one sliding window of twenty steps', [windowBudget('a', 'sliding-window', minute(60), 20)]],
  ['five sliding windows', [1, 2, 3, 4, 5].map((n) => windowBudget(`w${n}`, 'sliding-window', minute(100 * n)))],
  [
    'one of each',
    [
      windowBudget('a', 'sliding-window', minute(600)),
      windowBudget('b', 'fixed-window', minute(90)),
      bucketBudget('c', minute(60), 20),
    ],
  ],
])('%s: what is foretold is what the limiter writes', async (_, budgets) => {
  const real = await largest(budgets);
  expect(itemBytes(budgets)).toBeGreaterThanOrEqual(real);
  expect(itemBytes(budgets)).toBeLessThan(real * 1.25);
});

test('five sliding windows stay within one write unit', () => {
  const five = [1, 2, 3, 4, 5].map((n) => windowBudget(`w${n}`, 'sliding-window', minute(1000 * n)));
  expect(itemBytes(five)).toBeLessThanOrEqual(WRITE_UNIT_BYTES);
});
