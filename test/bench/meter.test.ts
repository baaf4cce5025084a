import { Ledger } from '../../bench/proxy/ledger.ts';
import { type Answer, type Body, Meter } from '../../bench/proxy/meter.ts';

/** An engine that gives the answers that it was told to, in order, and keeps what it was asked. */
function script(...answers: Answer[]) {
  const asked: [operation: string, body: Body][] = [];
  const meter = new Meter(async (operation, body) => {
    asked.push([operation, body]);
    const answer = answers.shift();
    if (!answer) throw new Error(`nothing to answer to ${operation}`);
    return answer;
  });
  return { meter, asked };
}

const ok = (body: Body = {}): Answer => ({ status: 200, body });
const failure = (type: string, more: Body = {}): Answer => ({
  status: 400,
  body: { __type: `com.amazonaws.dynamodb.v20120810#${type}`, ...more },
});
const table: Body = { TableName: 't', KeySchema: [{ AttributeName: 'pk', KeyType: 'HASH' }] };
const key = { pk: { S: 'a' } };
const of = (bytes: number) => ({ ...key, x: { S: 'x'.repeat(bytes - 4) } });
const update: Body = { TableName: 't', Key: key, UpdateExpression: 'SET x = :x' };

describe('the meter', () => {
  test('a table costs nothing', async () => {
    const { meter, asked } = script(ok());
    expect(await meter.pass('CreateTable', table)).toEqual({ answer: ok(), refused: false });
    expect(asked).toEqual([['CreateTable', table]]);
  });

  test('an update by the larger of the item before and after; what was not asked for is not shown', async () => {
    const { meter, asked } = script(
      ok(),
      ok({ Attributes: of(1025) }),
      ok({ Attributes: of(100) }),
      ok({ Attributes: of(90) }),
    );
    await meter.pass('CreateTable', table);
    expect(await meter.pass('UpdateItem', update)).toEqual({
      answer: ok(),
      charge: { write: 2, read: 0 },
      refused: false,
    });
    expect(asked[1]?.[1]).toMatchObject({ ReturnValues: 'ALL_NEW', ReturnValuesOnConditionCheckFailure: 'ALL_OLD' });
    expect((await meter.pass('UpdateItem', update)).charge).toEqual({ write: 2, read: 0 });
    const wanted = await meter.pass('UpdateItem', { ...update, ReturnValues: 'ALL_NEW' });
    expect(wanted).toEqual({ answer: ok({ Attributes: of(90) }), charge: { write: 1, read: 0 }, refused: false });
  });

  test('an update that shows something else is read back, which is not billed', async () => {
    const shown = ok({ Attributes: { x: { S: 'old' } } });
    const { meter, asked } = script(ok(), shown, ok({ Item: of(3000) }));
    await meter.pass('CreateTable', table);
    const metered = await meter.pass('UpdateItem', { ...update, ReturnValues: 'UPDATED_OLD' });
    expect(metered).toEqual({ answer: shown, charge: { write: 3, read: 0 }, refused: false });
    expect(asked[2]).toEqual(['GetItem', { TableName: 't', Key: key, ConsistentRead: true }]);
  });

  test('a failed condition by the item that it failed on, shown only to who asked', async () => {
    const failed = failure('ConditionalCheckFailedException', { Item: of(2500) });
    const { meter } = script(ok(), failed, failed, failure('ConditionalCheckFailedException'));
    await meter.pass('CreateTable', table);
    const hidden = await meter.pass('UpdateItem', update);
    expect(hidden).toMatchObject({ charge: { write: 3, read: 0 }, refused: true });
    expect(hidden.answer.body).not.toHaveProperty('Item');
    const shown = await meter.pass('UpdateItem', { ...update, ReturnValuesOnConditionCheckFailure: 'ALL_OLD' });
    expect(shown.answer).toEqual(failed);
    expect((await meter.pass('UpdateItem', update)).charge).toEqual({ write: 1, read: 0 });
  });

  test('put and delete by what was there and what is there now', async () => {
    const { meter } = script(ok(), ok(), ok(), failure('ConditionalCheckFailedException'), ok(), ok());
    await meter.pass('CreateTable', table);
    const put = (bytes: number) => meter.pass('PutItem', { TableName: 't', Item: of(bytes) });
    const deleted = () => meter.pass('DeleteItem', { TableName: 't', Key: key });
    expect((await put(2049)).charge).toEqual({ write: 3, read: 0 });
    expect((await put(10)).charge).toEqual({ write: 3, read: 0 });
    expect(await put(1500)).toMatchObject({ charge: { write: 2, read: 0 }, refused: true });
    expect((await deleted()).charge).toEqual({ write: 1, read: 0 });
    expect((await deleted()).charge).toEqual({ write: 1, read: 0 });
  });

  test('a read by the whole item, eventual or strong, also of nothing', async () => {
    const { meter } = script(ok(), ok({ Item: of(5000) }), ok({ Item: of(5000) }), ok());
    await meter.pass('CreateTable', table);
    const get = (more: Body = {}) => meter.pass('GetItem', { TableName: 't', Key: key, ...more });
    expect((await get()).charge).toEqual({ write: 0, read: 1 });
    expect((await get({ ConsistentRead: true })).charge).toEqual({ write: 0, read: 2 });
    expect((await get()).charge).toEqual({ write: 0, read: 0.5 });
  });

  test('a read of some attributes is billed by all of the item', async () => {
    const { meter } = script(ok(), ok({ Attributes: of(9000) }), ok({ Item: { x: { S: 'short' } } }));
    await meter.pass('CreateTable', table);
    await meter.pass('UpdateItem', update);
    const projected = await meter.pass('GetItem', { TableName: 't', Key: key, ProjectionExpression: 'y' });
    expect(projected.charge).toEqual({ write: 0, read: 1.5 });
  });

  test('a transaction: every item twice, cancelled or not, a check like a write', async () => {
    const other = { pk: { S: 'b' } };
    const TransactItems = [{ Update: update }, { Put: { TableName: 't', Item: { ...other, y: { N: '1' } } } }];
    const cancelled = failure('TransactionCanceledException', {
      CancellationReasons: [{ Code: 'None' }, { Code: 'None' }],
    });
    const { meter } = script(ok(), ok(), ok({ Item: of(1100) }), ok({ Item: other }), cancelled, cancelled);
    await meter.pass('CreateTable', table);
    expect((await meter.pass('TransactWriteItems', { TransactItems })).charge).toEqual({ write: 4 + 2, read: 0 });
    expect(await meter.pass('TransactWriteItems', { TransactItems })).toMatchObject({
      charge: { write: 4 + 2, read: 0 },
      refused: true,
    });
    const check = { ConditionCheck: { TableName: 't', Key: other, ConditionExpression: 'attribute_exists(pk)' } };
    expect((await meter.pass('TransactWriteItems', { TransactItems: [check] })).charge).toEqual({ write: 2, read: 0 });
  });

  test('reads in a transaction cost two units for each 4 KB of each item; a query adds its items up', async () => {
    const { meter } = script(
      ok({ Responses: [{ Item: of(100) }, { Item: of(4097) }, {}] }),
      ok({ Items: [of(3000), of(3000)] }),
      ok({ Items: [] }),
    );
    expect((await meter.pass('TransactGetItems', {})).charge).toEqual({ write: 0, read: 2 + 4 + 2 });
    expect((await meter.pass('Query', { TableName: 't' })).charge).toEqual({ write: 0, read: 1 });
    expect((await meter.pass('Query', { TableName: 't', ConsistentRead: true })).charge).toEqual({ write: 0, read: 1 });
  });

  test('an error of another kind costs nothing', async () => {
    const { meter } = script(ok(), failure('ValidationException'), failure('ProvisionedThroughputExceededException'));
    await meter.pass('CreateTable', table);
    expect(await meter.pass('UpdateItem', update)).not.toHaveProperty('charge');
    expect(await meter.pass('GetItem', { TableName: 't', Key: key })).not.toHaveProperty('charge');
  });

  test('what it cannot bill it refuses, and so does not count as free', async () => {
    const { meter } = script();
    await expect(meter.pass('BatchWriteItem', {})).rejects.toThrow('what AWS bills for BatchWriteItem');
    await expect(meter.pass('Query', { FilterExpression: 'x = :x' })).rejects.toThrow('filter');
    await expect(meter.pass('UpdateItem', update)).rejects.toThrow('did not see table t being created');
  });
});

test('the ledger adds up by operation and in all, and begins anew', () => {
  const ledger = new Ledger();
  ledger.charge('UpdateItem', { write: 2, read: 0 }, false);
  ledger.charge('UpdateItem', { write: 1, read: 0 }, true);
  ledger.charge('GetItem', { write: 0, read: 0.5 }, false);
  expect(ledger.byOperation).toEqual({
    UpdateItem: { calls: 2, refused: 1, write: 3, read: 0 },
    GetItem: { calls: 1, refused: 0, write: 0, read: 0.5 },
  });
  expect(ledger.total).toEqual({ calls: 3, refused: 1, write: 3, read: 0.5 });
  ledger.reset();
  expect(ledger.total).toEqual({ calls: 0, refused: 0, write: 0, read: 0 });
});
