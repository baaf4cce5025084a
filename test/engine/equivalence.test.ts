import { memoryStore } from '../../lambda/store/memory.ts';
import { compare, SETS } from '../properties/equivalence.ts';
import { useEngine } from '../support/engine/use-engine.ts';

const requests = Number(process.env.HEADGATE_EQUIVALENCE_REQUESTS ?? 600);

/** The same traffic on the engine and in memory gives the same answers, and those are the reference's. */
describe('DynamoDB decides as the store in memory does', () => {
  const engine = useEngine();

  test.each(Object.entries(SETS))(
    `%s: ${requests} requests, every answer the same`,
    async (name, budgets) => {
      const inMemory = await compare(memoryStore(), 'client:a', budgets, requests, 7);
      const onEngine = await compare(engine.store, `client:${name}`, budgets, requests, 7);

      expect(onEngine.answers).toEqual(inMemory.answers);
      expect(onEngine).toMatchObject({ over: 0, under: 0, misjudged: 0, writes: inMemory.writes });
      expect(onEngine.allowed).toBeGreaterThan(50);
      expect(onEngine.denied).toBeGreaterThan(10);
    },
    60_000 + requests * 10,
  );
});
