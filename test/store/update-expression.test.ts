import type { ConditionalWrite } from '../../lambda/limiter/counter-store.ts';
import { Limiter } from '../../lambda/limiter/limiter.ts';
import { memoryStore } from '../../lambda/store/memory.ts';
import { updateExpression } from '../../lambda/store/update-expression.ts';
import { asked, charge, slidingWindow, tokenBucket } from '../limiter/budgets.ts';

describe('updateExpression', () => {
  test('renders conditions, assignments and removals with one placeholder for each name and value', () => {
    const rendered = updateExpression({
      conditions: [
        { kind: 'absent-or-at-most', attribute: 'abc', value: 7 },
        {
          kind: 'any',
          of: [
            { kind: 'at-most', attribute: 'abc.7', value: 90 },
            {
              kind: 'all',
              of: [
                { kind: 'absent', attribute: 'abc.7' },
                { kind: 'above', attribute: 'abc+', value: 10 },
              ],
            },
          ],
        },
      ],
      assignments: [
        { attribute: 'abc', start: 7, add: 0 },
        { attribute: 'abc.7', start: { firstOf: ['abc.7', 'abc+'], otherwise: 10 }, add: 5 },
        { attribute: 'abc+', start: { firstOf: [], otherwise: 10 }, add: 5 },
      ],
      removals: ['abc.5', 'abc.6'],
    });
    expect(rendered).toEqual({
      UpdateExpression: 'SET #0 = :0, #1 = if_not_exists(#1, if_not_exists(#2, :1)) + :2, #2 = :1 + :2 REMOVE #3, #4',
      ConditionExpression:
        '(attribute_not_exists(#0) OR #0 <= :0) AND (#1 <= :3 OR attribute_not_exists(#1) AND #2 > :1)',
      ExpressionAttributeNames: { '#0': 'abc', '#1': 'abc.7', '#2': 'abc+', '#3': 'abc.5', '#4': 'abc.6' },
      ExpressionAttributeValues: { ':0': { N: '7' }, ':1': { N: '10' }, ':2': { N: '5' }, ':3': { N: '90' } },
    });
  });

  test('leaves out what is empty: DynamoDB refuses empty expressions and unused values', () => {
    expect(updateExpression({ conditions: [], assignments: [], removals: ['a'] })).toEqual({
      UpdateExpression: 'REMOVE #0',
      ExpressionAttributeNames: { '#0': 'a' },
    });
  });

  /** https://docs.aws.amazon.com/amazondynamodb/latest/developerguide/Constraints.html */
  test('five limits stay far below 4 KB and 300 operators, met for the first time or known', async () => {
    const memory = memoryStore();
    const writes: ConditionalWrite[] = [];
    const store = {
      update: (subject: string, write: ConditionalWrite) => {
        writes.push(write);
        return memory.update(subject, write);
      },
    };
    let now = 1.8e12;
    const charges = ['aaa', 'bbb', 'ccc'].map((id) => charge(slidingWindow(1e6, 60_000, 10, id)));
    charges.push(...['ddd', 'eee'].map((id) => charge(tokenBucket(1e6, 60_000, 1e6, 5000, id))));
    const limiter = new Limiter({ store, clock: () => now });
    for (const wait of [0, 1000, 7000, 700_000]) {
      now += wait;
      await limiter.decide([asked('client:a', ...charges)]);
    }
    expect(writes).toHaveLength(4);
    for (const write of writes) {
      const { UpdateExpression, ConditionExpression = '' } = updateExpression(write);
      expect(UpdateExpression.length).toBeLessThan(2048);
      expect(ConditionExpression.length).toBeLessThan(1024);
      const operators = /<=|>|=| \+ | AND | OR |[a-z_]+\(/g;
      expect(UpdateExpression.match(operators)!.length).toBeLessThan(100);
      expect(ConditionExpression.match(operators)!.length).toBeLessThan(100);
    }
  });
});
