import type { AttributeValue, DynamoDBClient } from '@aws-sdk/client-dynamodb';
import { contextOf } from '../../lambda/http/verdict-context.ts';
import { Limiter } from '../../lambda/limiter/limiter.ts';
import { dynamodbStore } from '../../lambda/store/dynamodb.ts';
import { asked, charge, fixedWindow, slidingWindow, tokenBucket } from '../limiter/budgets.ts';
import { seeded } from '../properties/random.ts';
import { garbage } from './garbage.ts';

const BUDGETS = [
  slidingWindow(60, 60_000, 10, 'aaa'),
  fixedWindow(100, 60_000, 'bbb'),
  tokenBucket(60, 60_000, 20, 5000, 'ccc'),
  slidingWindow(5, 1000, 20, 'ddd'),
];
const ITEMS = 50_000;

/** Items as nobody should write them: right names with wrong numbers, wrong names, wrong types, far epochs. */
function spoiltItem(random: () => number, now: number): Record<string, AttributeValue> {
  const pick = <T>(list: readonly T[]): T => list[Math.floor(random() * list.length)]!;
  const item: Record<string, AttributeValue> = { pk: { S: 'client:a' } };
  const digits = () =>
    pick([
      () => String(Math.floor(random() * 200)),
      () => String(Math.floor((now * 1000 * (0.999 + random() * 0.002)) / pick([1, 1, 6e6, 6e7, 5e6, 5e4]))),
      () => String(Math.floor(random() * 2 ** 53)),
      () => pick(['-1', '0.5', '1e125', '-1e125', '9007199254740993', '1E-130', '0', '-0', '']),
    ])();
  for (let i = Math.floor(random() * 14); i >= 0; i--) {
    const { cellId, epochMs, windowMs } = pick(BUDGETS);
    const epoch = () => Math.floor(now / epochMs) + Math.floor((random() - 0.7) * 30);
    const name = pick([
      () => cellId,
      () => `${cellId}+`,
      () => `${cellId}.${epoch().toString(36)}`,
      () => `${cellId}.${epoch().toString(36)}`,
      () => `${cellId}*${Math.floor(now / windowMs).toString(36)}`,
      () => `${cellId}.${pick(['', '-1', 'zzzzzzzzzz', 'zzzzzzzzzzzzzzzzzzzz', '1.5', 'é', '.', '+'])}`,
      () => pick(['v', 'exp', '', '.', '+', '*', 'aaa.', '__proto__', 'constructor', 'note']),
    ])();
    const value = random() < 0.9 ? { N: digits() } : (garbage(random) as AttributeValue);
    Object.defineProperty(item, name, { value, enumerable: true, configurable: true, writable: true });
  }
  if (random() < 0.7) item.v = { N: '1' };
  return item;
}

test('50,000 garbled items: each request is answered, with headers within bounds', async () => {
  const random = seeded(99);
  const now = 1.8e12;
  let sent = 0;
  let item: Record<string, AttributeValue> | undefined;
  const client = {
    send: async () => {
      sent++;
      if (sent % 2 === 0) return { Attributes: item };
      throw Object.assign(new Error(), { name: 'ConditionalCheckFailedException', Item: item });
    },
  } as unknown as DynamoDBClient;
  const store = dynamodbStore(client, 'table');
  const failures: Record<string, number> = {};
  let limiter = new Limiter({ store, clock: () => now });
  for (let i = 0; i < ITEMS; i++) {
    if (i % 3 === 0) limiter = new Limiter({ store, clock: () => now + i });
    item = spoiltItem(random, now);
    const verdict = await limiter.decide([asked('client:a', ...BUDGETS.map((budget) => charge(budget)))]);
    const outcome = verdict.failure ?? (verdict.allowed ? 'allowed' : 'denied');
    failures[outcome] = (failures[outcome] ?? 0) + 1;
    if (verdict.failure && !verdict.allowed) throw new Error('a failure denied where the limits say allow');
    const context = contextOf(verdict, { tier: 'free' }, now);
    for (const name of ['limit', 'remaining', 'reset', 'retryAfter'] as const) {
      if (context[name] !== undefined && !/^\d{1,16}$/.test(context[name])) throw new Error(`${name} ${context[name]}`);
    }
    if (Number(context.remaining ?? 0) > 100) throw new Error(`remaining ${context.remaining}`);
  }
  expect(Object.values(failures).reduce((sum, count) => sum + count, 0)).toBe(ITEMS);
  for (const outcome of ['allowed', 'denied', 'unavailable', 'clock']) expect(failures[outcome]).toBeGreaterThan(50);
}, 60_000);

test('a count in an epoch that is centuries away is answered at once', async () => {
  const now = 1.8e12;
  const item = { v: { N: '1' }, ddd: { N: '36000000000' }, 'ddd.zzzzzzzzzz': { N: '9' } };
  const client = {
    send: () => Promise.reject(Object.assign(new Error(), { name: 'ConditionalCheckFailedException', Item: item })),
  } as unknown as DynamoDBClient;
  const limiter = new Limiter({ store: dynamodbStore(client, 'table'), clock: () => now });
  expect(await limiter.decide([asked('client:a', charge(BUDGETS[3]!))])).toMatchObject({ allowed: false, writes: 1 });
});
