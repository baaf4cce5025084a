import { memoryStore } from '../../lambda/store/memory.ts';
import { loadMutant } from './load-mutant.ts';
import { MUTANTS } from './mutants.ts';
import { runModel } from './run-model.ts';

jest.setTimeout(60_000);

const store = () => {
  const memory = memoryStore();
  return { ...memory, delete: async (subject: string) => void memory.items.delete(subject) };
};

/** The model test is itself tested: deliberate faults have to be noticed, and the limiter itself must pass. */
describe('the model test', () => {
  const run = { operations: 20_000, seed: 6 };

  test('passes the limiter as it is', async () => {
    const { violations, operations } = await runModel({ ...run, operations: 8000, store: store() });
    expect(violations).toEqual([]);
    expect(operations).toBeGreaterThanOrEqual(8000);
  });

  test.each(MUTANTS)('notices: $name', async (mutant) => {
    const Mutated = await loadMutant(mutant);
    const makeLimiter = (options: ConstructorParameters<typeof Mutated>[0]) => new Mutated(options);
    const { groups } = mutant;
    const { violations } = await runModel({ ...run, store: store(), makeLimiter, groups, untilFirst: true });
    expect(violations.length).toBeGreaterThan(0);
  });

  test.each(['a lease is counted as one request', 'a lease pays for one request more than it was counted for'])(
    'notices by the true time alone: %s',
    async (name) => {
      const Mutated = await loadMutant(MUTANTS.find((mutant) => mutant.name === name)!);
      const makeLimiter = (options: ConstructorParameters<typeof Mutated>[0]) => new Mutated(options);
      const { violations } = await runModel({
        ...run,
        operations: 10_000,
        store: store(),
        makeLimiter,
        groups: ['leases'],
      });
      expect(violations.map(({ kind }) => kind)).toContain('more passed than was promised');
    },
  );

  test('does not take the way in which mutants are loaded for a fault', async () => {
    const [{ text, ...mutant }] = MUTANTS as [(typeof MUTANTS)[0]];
    const Same = await loadMutant({ ...mutant, text, instead: text });
    const makeLimiter = (options: ConstructorParameters<typeof Same>[0]) => new Same(options);
    const { violations } = await runModel({ ...run, operations: 3000, store: store(), makeLimiter });
    expect(violations).toEqual([]);
  });

  test('a mutant of a text that is not there is an error, not a pass', async () => {
    const stale = { name: 'stale', file: 'belief.ts', text: 'no such text', instead: '', groups: [] };
    await expect(loadMutant(stale)).rejects.toThrow('does not apply');
  });
});
