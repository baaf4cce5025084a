import { memoryStore } from '../../lambda/store/memory.ts';
import { compare, SETS } from './equivalence.ts';

jest.setTimeout(60_000);

/** Several instances with stale beliefs together decide exactly as one caller's plain reference does. */
describe('equivalence with the reference', () => {
  test.each(Object.entries(SETS))('%s: 4,000 requests, every decision the same', async (_name, budgets) => {
    const tally = await compare(memoryStore(), 'client:a', budgets, 4000, 1);

    expect(tally).toMatchObject({ over: 0, under: 0, misjudged: 0 });
    expect(tally.waited > 100).toBe(budgets.some(({ algorithm }) => algorithm === 'leaky-bucket'));
    expect(tally.allowed).toBeGreaterThan(500);
    expect(tally.denied).toBeGreaterThan(200);
  });

  test.each(Object.entries(SETS))('%s: items deleted at random let nothing more through', async (_name, budgets) => {
    const store = memoryStore();
    const tally = await compare(store, 'client:a', budgets, 3000, 5, () => store.items.delete('client:a'));

    expect(tally.over).toBe(0);
    // Those who remember the old item deny a little more until it would have been over.
    expect(tally.under / tally.answers.length).toBeLessThan(0.1);
  });
});
