import { UpdateItemCommand } from '@aws-sdk/client-dynamodb';
import { dynamodbStore } from '../../lambda/store/dynamodb.ts';
import { contract, set, WRITE } from '../store/contract.ts';
import { useEngine } from '../support/engine/use-engine.ts';

describe('the store contract in DynamoDB', () => {
  const engine = useEngine();
  contract(() => engine.store);

  test('attributes that are no numbers are left out of the answer', async () => {
    await engine.client.send(
      new UpdateItemCommand({
        TableName: engine.tableName,
        Key: { pk: { S: 'mixed' } },
        UpdateExpression: 'SET note = :note, a = :a',
        ExpressionAttributeValues: { ':note': { S: 'x' }, ':a': { N: '1' } },
      }),
    );
    const outcome = await engine.store.update('mixed', { ...WRITE, assignments: [set('b', 2)] });
    expect(outcome).toEqual({ applied: true, item: { a: 1, b: 2 } });
  });

  test('a table that does not exist is a failure of the store, not of the program', async () => {
    const store = dynamodbStore(engine.client, 'no-such-table');
    const failure = { code: 'HG303', reason: 'unavailable', passing: false };
    await expect(store.update('a', { ...WRITE, assignments: [set('a', 1)] })).rejects.toMatchObject(failure);
  });
});
