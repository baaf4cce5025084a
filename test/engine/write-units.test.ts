import { GetItemCommand, type UpdateItemCommandOutput } from '@aws-sdk/client-dynamodb';
import { itemBytes } from '../../lambda/limiter/item-layout.ts';
import { Limiter } from '../../lambda/limiter/limiter.ts';
import type { Budget } from '../../lambda/policy/policy.ts';
import {
  asked,
  calendarWindow,
  charge,
  counterWindow,
  fixedWindow,
  leakyBucket,
  logWindow,
  slidingWindow,
  tokenBucket,
} from '../limiter/budgets.ts';
import { useEngine } from '../support/engine/use-engine.ts';

/** What is sent is counted on the wire, not by what the limiter says of itself. */
describe('write units per decision', () => {
  const engine = useEngine();
  let requests = 0;
  let units = 0;

  beforeAll(() => {
    engine.client.middlewareStack.add(
      (next) => async (args) => {
        Object.assign(args.input, { ReturnConsumedCapacity: 'TOTAL' });
        requests++;
        const result = await next(args);
        units += (result.output as UpdateItemCommandOutput).ConsumedCapacity?.CapacityUnits ?? Number.NaN;
        return result;
      },
      { step: 'initialize', name: 'countWrites' },
    );
  });

  const five: Budget[] = [
    tokenBucket(50_000, 1000, 50_000, 250, 'aaa'),
    slidingWindow(50_000, 60_000, 10, 'bbb'),
    slidingWindow(50_000, 3_600_000, 10, 'ccc'),
    fixedWindow(500_000, 86_400_000, 'ddd'),
    tokenBucket(50_000, 600_000, 50_000, 5000, 'eee'),
  ];

  test.each<[string, Budget[]]>([
    ['a sliding window', [slidingWindow(50_000, 60_000)]],
    ['a fixed window', [fixedWindow(50_000, 60_000)]],
    ['a token bucket', [tokenBucket(50_000, 60_000, 50_000, 5000)]],
    ['a sliding window counter', [counterWindow(50_000, 60_000)]],
    ['a queue', [leakyBucket(1000, 1000, 100)]],
    ['a month of the calendar', [calendarWindow(50_000, 'month')]],
    ['five limits', five],
  ])('below %s, 32 at once on 8 containers: 1.00', async (name, budgets) => {
    let now = 1.8e12;
    const limiters = Array.from({ length: 8 }, () => new Limiter({ store: engine.store, clock: () => now }));
    const request = [asked(`client:${name}`, ...budgets.map((budget) => charge(budget)))];
    requests = 0;
    units = 0;

    const verdicts = [];
    for (let round = 0; round < 15; round++) {
      now += 4321;
      verdicts.push(...(await Promise.all(Array.from({ length: 32 }, (_, i) => limiters[i % 8]!.decide(request)))));
    }

    expect(verdicts).toHaveLength(480);
    expect(verdicts.every((verdict) => verdict.allowed && verdict.writes === 1)).toBe(true);
    expect(requests / verdicts.length).toBe(1);
    expect(units / verdicts.length).toBe(1);
  });

  test('below a log, 16 at once on 8 containers: 1.00; the item of a full log of 50 is one unit', async () => {
    const budget = logWindow(50, 1000);
    let now = 1.8e12;
    const limiters = Array.from({ length: 8 }, () => new Limiter({ store: engine.store, clock: () => now }));
    const request = [asked('client:log', charge(budget))];
    requests = 0;
    units = 0;
    let allowed = 0;
    for (let round = 0; round < 15; round++) {
      now += 2321;
      const verdicts = await Promise.all(Array.from({ length: 16 }, (_, i) => limiters[i % 8]!.decide(request)));
      allowed += verdicts.filter((verdict) => verdict.allowed).length;
    }
    expect({ allowed, requests, units }).toEqual({ allowed: 240, requests: 240, units: 240 });

    // One in each of 50 milliseconds, by one container after the other.
    now += 5000;
    for (let i = 0; i < 50; i++) {
      now += 19;
      expect(await limiters[i % 8]!.decide(request)).toMatchObject({ allowed: true });
    }
    expect(units).toBe(requests);
  });

  test('five sliding windows under a long name, every epoch in use, stay within one write unit', async () => {
    const subject = `client:${'x'.repeat(40)}`;
    const budgets = ['aaa', 'bbb', 'ccc', 'ddd', 'eee'].map((id) => slidingWindow(1_000_000, 60_000, 10, id));
    let now = 1.8e12;
    const limiter = new Limiter({ store: engine.store, clock: () => now });
    requests = 0;
    units = 0;
    for (let epoch = 0; epoch < 40; epoch++) {
      const cost = 4321;
      expect(
        await limiter.decide([asked(subject, ...budgets.map((budget) => charge(budget, { cost })))]),
      ).toMatchObject({
        allowed: true,
        writes: 1,
      });
      now += 6000;
    }

    expect({ requests, units }).toEqual({ requests: 40, units: 40 });
    const { Item } = await engine.client.send(
      new GetItemCommand({ TableName: engine.tableName, Key: { pk: { S: subject } }, ConsistentRead: true }),
    );
    const numbers = Object.entries(Item ?? {}).flatMap(([name, { N }]) => (N === undefined ? [] : [[name, Number(N)]]));
    expect(numbers.length).toBeGreaterThan(5 * 14);
    expect(itemBytes(subject, Object.fromEntries(numbers))).toBeLessThan(1024);
  });
});
