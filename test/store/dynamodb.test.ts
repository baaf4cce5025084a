import { dynamodbStore } from '../../lambda/store/dynamodb.ts';
import { set, WRITE } from './contract.ts';
import { fakeDynamoDb } from './fake-http.ts';

const write = { ...WRITE, assignments: [set('a', 1)] };
const failing = (status: number, type: string) =>
  dynamodbStore(
    fakeDynamoDb(() => ({ status, body: { __type: `com.amazonaws.dynamodb.v20120810#${type}`, message: 'secret' } })),
    'table',
  );

describe('dynamodbStore', () => {
  test('asks for the whole item, whether or not the condition holds', async () => {
    const bodies: Record<string, unknown>[] = [];
    const client = fakeDynamoDb((body) => {
      bodies.push(body);
      return { status: 200, body: { Attributes: { pk: { S: 'client:a' }, a: { N: '1' } } } };
    });
    expect(await dynamodbStore(client, 'table').update('client:a', write)).toEqual({ applied: true, item: { a: 1 } });
    expect(bodies).toEqual([
      {
        TableName: 'table',
        Key: { pk: { S: 'client:a' } },
        UpdateExpression: 'SET #0 = :0',
        ExpressionAttributeNames: { '#0': 'a' },
        ExpressionAttributeValues: { ':0': { N: '1' } },
        ReturnValues: 'ALL_NEW',
        ReturnValuesOnConditionCheckFailure: 'ALL_OLD',
      },
    ]);
  });

  test.each([
    ['ProvisionedThroughputExceededException', 400, { code: 'HG302', reason: 'throttled' }],
    ['ThrottlingException', 400, { code: 'HG302', reason: 'throttled' }],
    ['RequestLimitExceeded', 400, { code: 'HG302', reason: 'throttled' }],
    ['InternalServerError', 500, { code: 'HG303', reason: 'unavailable', passing: true }],
    ['ServiceUnavailable', 503, { code: 'HG303', reason: 'unavailable', passing: true }],
    ['AccessDeniedException', 400, { code: 'HG303', reason: 'unavailable', passing: false }],
    ['ValidationException', 400, { code: 'HG303', reason: 'unavailable', passing: false }],
  ])('%s becomes a typed error without the service’s text, and is not retried here', async (type, status, expected) => {
    const error: Error & { sent?: number } = await failing(status, type)
      .update('client:a', write)
      .then(
        () => new Error('did not fail'),
        (thrown: Error) => thrown,
      );
    expect(error).toMatchObject({ ...expected, sent: 1 });
    expect(error.message).toContain(type);
    expect(error.message).not.toContain('secret');
  });

  test.each(['ECONNRESET', 'EPIPE'])('a connection lost by %s is worth another try', async (code) => {
    let tries = 0;
    const client = fakeDynamoDb(() => {
      tries++;
      throw Object.assign(new Error('socket hang up'), { code });
    });
    await expect(dynamodbStore(client, 'table').update('a', write)).rejects.toMatchObject({
      code: 'HG303',
      passing: true,
    });
    expect(tries).toBe(1);
  });

  test('an address that does not exist is not', async () => {
    const client = fakeDynamoDb(() => {
      throw Object.assign(new Error('getaddrinfo'), { code: 'ENOTFOUND' });
    });
    await expect(dynamodbStore(client, 'table').update('a', write)).rejects.toMatchObject({ passing: false });
  });
});
