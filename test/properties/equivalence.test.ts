import { memoryStore } from '../../lambda/store/memory.ts';
import { compare, SETS } from './equivalence.ts';

/** Several instances with stale beliefs together decide exactly as one caller's plain reference does. */
describe('equivalence with the reference', () => {
  test.each(Object.entries(SETS))('%s: 4,000 requests, every decision the same', async (_name, budgets) => {
    const tally = await compare(memoryStore(), 'client:a', budgets, 4000, 1);

    expect(tally).toMatchObject({ over: 0, under: 0 });
    expect(tally.allowed).toBeGreaterThan(500);
    expect(tally.denied).toBeGreaterThan(300);
  });
});
