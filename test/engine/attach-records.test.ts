import { PutItemCommand, ScanCommand } from '@aws-sdk/client-dynamodb';
import { dynamodbRecords } from '../../lambda/attach/dynamodb-records.ts';
import type { AttachRecord, RecordStore } from '../../lambda/attach/model.ts';
import { useEngine } from '../support/engine/use-engine.ts';
import { createRegistryTable } from './registry-table.ts';

const engine = useEngine();
let table: string;
let records: RecordStore;
beforeEach(async () => {
  table = await createRegistryTable(engine.client);
  records = dynamodbRecords(engine.client, table, { kind: 'rest', apiId: 'abc123' });
});

const record = (key: string, more: Partial<AttachRecord> = {}): AttachRecord => ({
  key,
  before: { authorizationType: 'NONE' },
  after: { authorizationType: 'CUSTOM', authorizerId: 'a1' },
  at: 1_800_000_000_000,
  ...more,
});

test('the first record of an element stays, and is what a later one gets', async () => {
  const first = record('method GET /notes');
  expect(await records.putFirst(first)).toEqual(first);
  expect(await records.putFirst(record(first.key, { before: first.after, at: 1 }))).toEqual(first);
  expect([...(await records.all()).values()]).toEqual([first]);
});

test('of two at once one stays, and both get that one', async () => {
  const tries = [1, 2, 3, 4].map((n) => records.putFirst(record('authorizer', { before: n })));
  const got = await Promise.all(tries);
  expect(new Set(got.map(({ before }) => before)).size).toBe(1);
});

test('update replaces, remove removes, and null is a value', async () => {
  await records.putFirst(record('gateway-response THROTTLED', { before: null }));
  const next = record('gateway-response THROTTLED', {
    before: null,
    after: { statusCode: '429' },
    earlier: ['x', 1, true],
  });
  await records.update(next);
  expect((await records.all()).get(next.key)).toEqual(next);
  await records.update(record(next.key));
  expect((await records.all()).get(next.key)).toEqual(record(next.key));
  await records.remove(next.key);
  await records.remove(next.key);
  expect((await records.all()).size).toBe(0);
});

test('records of one API, in the order of the changes, over several pages', async () => {
  const large = { text: 'x'.repeat(300_000) };
  const keys = ['d', 'b', 'e', 'a', 'c'];
  for (const [at, key] of keys.entries()) await records.putFirst(record(key, { at, before: large }));
  const other = dynamodbRecords(engine.client, table, { kind: 'http', apiId: 'abc123' });
  await other.putFirst(record('z'));
  const client = { pk: { S: 'clients' }, sk: { S: 'acme' } };
  await engine.client.send(new PutItemCommand({ TableName: table, Item: client }));
  expect([...(await records.all()).keys()]).toEqual(keys);
  const { Items = [] } = await engine.client.send(new ScanCommand({ TableName: table }));
  expect(Items.length).toBeGreaterThan(0);
});

test('a table that cannot be asked is HG245, with no name of it in the message', async () => {
  const gone = dynamodbRecords(engine.client, 'no-such-table', { kind: 'rest', apiId: 'abc123' });
  for (const act of [
    () => gone.all(),
    () => gone.putFirst(record('a')),
    () => gone.update(record('a')),
    () => gone.remove('a'),
  ]) {
    await expect(act()).rejects.toThrow(/^HG245: .*\(ResourceNotFoundException\)$/);
  }
});
