import { DeleteItemCommand } from '@aws-sdk/client-dynamodb';
import { useEngine } from '../support/engine/use-engine.ts';
import { GROUPS, runModel, summaryOf } from './run-model.ts';

const operations = Number(process.env.HEADGATE_MODEL_OPERATIONS ?? 10_000);
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
      for (const count of [report.lost, report.deleted, report.leased, report.refunds]) {
        expect(count).toBeGreaterThan(operations / 100);
      }
      expect(Object.keys(report.groups)).toEqual(GROUPS);
      for (const [group, { operations, allowed, denied, underRight }] of Object.entries(report.groups)) {
        expect(allowed).toBeGreaterThan(operations / 10);
        expect(denied).toBeGreaterThan(operations / 20);
        // A belief is a lower bound. Of several subjects one may have had no room for a moment between start and end; where
        // units are given back, the one of many that asks may be under way, or lost.
        const most = group === 'several limits' || group === 'leases' || group === 'refunds' ? 0.02 : 0;
        expect({ group, under: underRight / (operations / 6) > most }).toEqual({ group, under: false });
      }
      expect((report.underDeleting + report.underWrong) / report.operations).toBeLessThan(0.08);
    },
    30_000 + operations * 10,
  );
});
