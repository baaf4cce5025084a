import { checkStore } from '../../lambda/store/contract/contract.ts';
import { memoryStore } from '../../lambda/store/memory.ts';

const failing = async (store: Parameters<typeof checkStore>[0]) => {
  const names: string[] = [];
  for await (const { name, ok, problem } of checkStore(store, 'check:')) if (!ok) names.push(`${name}: ${problem}`);
  return names;
};

describe('the store contract', () => {
  test('holds in memory', async () => {
    expect(await failing(memoryStore())).toEqual([]);
  });

  test('names the assumption that a store breaks, with what was seen', async () => {
    const memory = memoryStore();
    const forgetful = {
      update: async (...[subject, write]: Parameters<typeof memory.update>) => {
        const outcome = await memory.update(subject, write);
        return outcome.applied ? outcome : { applied: false as const, item: undefined };
      },
    };
    expect(await failing(forgetful)).toEqual([
      'answer-after-failed-condition: wanted {"applied":false,"item":{"a":1,"b":2}}, saw {"applied":false}',
      expect.stringMatching(/^one-writer-at-a-time: /),
    ]);
  });

  test('says so where a store cannot be asked at all', async () => {
    const down = { update: () => Promise.reject(new Error('HG303: no connection')) };
    const problems = await failing(down);
    expect(problems.length).toBeGreaterThan(15);
    expect(problems.every((problem) => problem.endsWith('could not be asked: HG303: no connection'))).toBe(true);
  });
});
