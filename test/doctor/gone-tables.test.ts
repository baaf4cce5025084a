import type { DynamoDBClient } from '@aws-sdk/client-dynamodb';
import { examineCounters, examineRegistry } from '../../lambda/doctor/examine-tables.ts';
import { examined } from '../../lambda/doctor/finding.ts';

const failing = (name: string) =>
  ({ send: () => Promise.reject(Object.assign(new Error('no'), { name })) }) as unknown as DynamoDBClient;

test('counters that are gone: the command that makes them again, which a deployment would not', async () => {
  const [finding, ...more] = await examineCounters(failing('ResourceNotFoundException'), 'Shop-Counters');
  expect(more).toEqual([]);
  expect(finding).toMatchObject({
    area: 'tables',
    subject: 'Shop-Counters',
    ok: false,
    text: 'is gone: nothing is counted',
  });
  const [, create, wait, live] = /^make it again, empty: (aws .*) && (aws .*) && (aws .*)$/.exec(finding!.todo!)!;
  expect(create).toBe(
    'aws dynamodb create-table --table-name Shop-Counters --billing-mode PAY_PER_REQUEST --attribute-definitions AttributeName=pk,AttributeType=S --key-schema AttributeName=pk,KeyType=HASH',
  );
  expect(wait).toBe('aws dynamodb wait table-exists --table-name Shop-Counters');
  expect(live).toMatch(/^aws dynamodb update-time-to-live .* Enabled=true,AttributeName=exp$/);
});

test.each(['TableNotFoundException', 'ResourceNotFoundException'])(
  'a registry that is gone (%s) is to be restored',
  async (name) => {
    expect(await examineRegistry(failing(name), 'Shop-Registry')).toMatchObject([
      {
        ok: false,
        text: expect.stringContaining('is gone'),
        todo: expect.stringContaining('restore-table-from-backup'),
      },
    ]);
  },
);

test('what is only refused is not called gone', async () => {
  for (const look of [examineCounters, examineRegistry]) {
    const client = failing('AccessDeniedException');
    expect(await examined('tables', 't', () => look(client, 't'))).toMatchObject([
      { text: 'could not be examined (AccessDeniedException)' },
    ]);
  }
});
