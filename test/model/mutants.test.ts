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
  const run = { operations: 8_000, seed: 6 };

  test('passes the limiter as it is', async () => {
    const { violations, operations } = await runModel({ ...run, store: store() });
    expect(violations).toEqual([]);
    expect(operations).toBeGreaterThanOrEqual(run.operations);
  });

  test.each(MUTANTS)('notices: $name', async (mutant) => {
    const Mutated = await loadMutant(mutant);
    const makeLimiter = (options: ConstructorParameters<typeof Mutated>[0]) => new Mutated(options);
    const { violations } = await runModel({ ...run, store: store(), makeLimiter });
    expect(violations.length).toBeGreaterThan(0);
  });

  test('does not take the way in which mutants are loaded for a fault', async () => {
    const [{ text, ...mutant }] = MUTANTS as [(typeof MUTANTS)[0]];
    const Same = await loadMutant({ ...mutant, text, instead: text });
    const { violations } = await runModel({ ...run, store: store(), makeLimiter: (options) => new Same(options) });
    expect(violations).toEqual([]);
  });

  test('a mutant of a text that is not there is an error, not a pass', async () => {
    const stale = { name: 'stale', file: 'belief.ts', text: 'no such text', instead: '' };
    await expect(loadMutant(stale)).rejects.toThrow('does not apply');
  });
});
