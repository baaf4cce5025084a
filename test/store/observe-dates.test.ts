import { dynamodbStore } from '../../lambda/store/dynamodb.ts';
import { observeDates } from '../../lambda/store/observe-dates.ts';
import { StoreClock } from '../../lambda/store/store-clock.ts';
import { set, WRITE } from './contract.ts';
import { fakeDynamoDb } from './fake-http.ts';

describe('observeDates', () => {
  const own = () => Date.UTC(2026, 10, 24, 15, 0, 30);
  const date = 'Tue, 24 Nov 2026 15:00:10 GMT';
  const write = { ...WRITE, assignments: [set('a', 1)] };

  test.each([
    ['an answer', 200, {}],
    ['a failed condition', 400, { __type: 'com.amazonaws.dynamodb.v20120810#ConditionalCheckFailedException' }],
  ])('puts the clock right by %s', async (_name, status, body) => {
    const client = fakeDynamoDb(() => ({ status, body, date }));
    const clock = new StoreClock(own);
    observeDates(client, clock, own);
    await dynamodbStore(client, 'table').update('a', write);
    // Made somewhere in 15:00:10, so at least 19 seconds are certain.
    expect(clock.correctionMs).toBe(-19_000);
  });

  test('an answer without a date changes nothing', async () => {
    const client = fakeDynamoDb(() => ({ status: 200, body: {} }));
    const clock = new StoreClock(own);
    observeDates(client, clock, own);
    await dynamodbStore(client, 'table').update('a', write);
    expect(clock.correctionMs).toBe(0);
  });
});
