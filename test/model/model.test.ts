import { DeleteItemCommand } from '@aws-sdk/client-dynamodb';
import { useEngine } from '../support/engine/use-engine.ts';
import { runModel, summaryOf } from './run-model.ts';

const operations = Number(process.env.HEADGATE_MODEL_OPERATIONS ?? 20_000);
const seed = Number(process.env.HEADGATE_MODEL_SEED ?? 1);

/**
 * Random operations from instances with stale beliefs and clocks that differ, answers that get lost, items that are
 * deleted, on a real engine. `npm run test:model` runs more of them.
 */
describe('the limiter against a plain model', () => {
  const engine = useEngine();

  test(
    'lets nothing through that the model has no room for, and counts everything that it lets through',
    async () => {
      const store = {
        update: engine.store.update,
        delete: async (subject: string) => {
          const Key = { pk: { S: subject } };
          await engine.client.send(new DeleteItemCommand({ TableName: engine.tableName, Key }));
        },
      };
      const report = await runModel({ operations, seed, store });
      // Whoever runs it wants to see what it did, and how much it under-admitted.
      process.stderr.write(`      ${summaryOf(report)}\n`);
      expect(report.violations).toEqual([]);
      expect(report.operations).toBeGreaterThanOrEqual(operations);
      for (const count of [report.allowed, report.denied, report.lost, report.deleted]) {
        expect(count).toBeGreaterThan(operations / 1000);
      }
      // Mostly from the deleted items: whoever remembers them is stricter until it has seen the new ones.
      expect(report.under / (report.allowed + report.denied)).toBeLessThan(0.08);
    },
    30_000 + operations * 10,
  );
});
