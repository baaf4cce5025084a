import { UpdateItemCommand } from '@aws-sdk/client-dynamodb';
import { dynamodbStore } from '../dynamodb.ts';
import { COUNTERS } from '../registry-keys.ts';
import { StoreUnavailableError } from '../store-error.ts';
import { type ContractCheck, type ContractTable, ContractViolation, plus, put, said, same, WRITE } from './check.ts';

type TableScene = Parameters<ContractCheck['run']>[0] & { readonly table: ContractTable };
const check = (name: string, assumption: string, run: (scene: TableScene) => Promise<void>): ContractCheck => ({
  name,
  assumption,
  of: 'table',
  run: (scene) => {
    if (!scene.table) throw new Error(`the check ${name} needs a table`);
    return run(scene as TableScene);
  },
});

/** Bytes of an item of one write unit. */
const UNIT_BYTES = 1024;

/** What is taken for granted of DynamoDB beneath the store. */
export const TABLE_CHECKS: readonly ContractCheck[] = [
  check('other-types-are-left-out', 'attributes that are no numbers do not disturb an answer', async (scene) => {
    await scene.table.client.send(
      new UpdateItemCommand({
        TableName: scene.table.name,
        Key: { [COUNTERS.partitionKey]: { S: scene.subject } },
        UpdateExpression: 'SET note = :note, a = :a',
        ExpressionAttributeValues: { ':note': { S: 'x' }, ':a': { N: '1' } },
      }),
    );
    same(said(await put(scene, ['b', 2])), { applied: true, item: { a: 1, b: 2 } });
  }),

  check(
    'missing-table-is-a-store-failure',
    'a table that does not exist is answered as a failure that no second try mends',
    async ({ table, subject }) => {
      const gone = dynamodbStore(table.client, `${table.name.slice(0, 200)}-is-not-there`);
      const failure = await gone.update(subject, { ...WRITE, assignments: [plus('a', 1)] }).then(
        () => undefined,
        (error: unknown) => error,
      );
      if (!(failure instanceof StoreUnavailableError)) throw new ContractViolation('HG303', String(failure));
      same(failure.passing, false);
    },
  ),

  check('one-unit-below-1-kb', 'a write on an item below 1 KB costs one write unit, above it two', async (scene) => {
    const bytes = async (length: number) => {
      const { ConsumedCapacity } = await scene.table.client.send(
        new UpdateItemCommand({
          TableName: scene.table.name,
          Key: { [COUNTERS.partitionKey]: { S: scene.subject } },
          UpdateExpression: 'SET x = :x',
          ExpressionAttributeValues: { ':x': { S: 'x'.repeat(length - `pk${scene.subject}x`.length) } },
          ReturnConsumedCapacity: 'TOTAL',
        }),
      );
      return ConsumedCapacity?.CapacityUnits;
    };
    same([await bytes(UNIT_BYTES - 24), await bytes(UNIT_BYTES + 24)], [1, 2]);
  }),

  check(
    'answers-carry-the-time',
    'every answer, a failed condition’s too, has a Date header with the time in whole seconds',
    async (scene) => {
      const dates: unknown[] = [];
      const name = 'headgateContractDates';
      scene.table.client.middlewareStack.add(
        (next) => async (args) => {
          const result = await next(args);
          dates.push((result.response as { headers?: Record<string, string> }).headers?.date);
          return result;
        },
        { name, step: 'deserialize', priority: 'low' },
      );
      try {
        await put(scene, ['a', 1]);
        const conditions = [{ kind: 'above', attribute: 'a', value: 1 } as const];
        await scene.store.update(scene.subject, { ...WRITE, conditions, assignments: [plus('a', 1)] });
      } finally {
        scene.table.client.middlewareStack.remove(name);
      }
      const wrong = dates.find((date) => !/^\w{3}, \d{2} \w{3} \d{4} \d{2}:\d{2}:\d{2} GMT$/.test(String(date)));
      if (dates.length !== 2 || wrong !== undefined) throw new ContractViolation('two dates', dates);
    },
  ),
];
