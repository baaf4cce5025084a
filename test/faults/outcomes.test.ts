import { createAuthorizer } from '../../lambda/authorizer/authorizer.ts';
import { describeFault } from '../../lambda/authorizer/describe-fault.ts';
import { createGate } from '../../lambda/authorizer/gate.ts';
import { seldom } from '../../lambda/authorizer/seldom.ts';
import { Limiter } from '../../lambda/limiter/limiter.ts';
import { ContainerMetrics } from '../../lambda/signals/container-metrics.ts';
import { measuredStore } from '../../lambda/signals/measured-store.ts';
import { dynamodbStore } from '../../lambda/store/dynamodb.ts';
import { reliableStore } from '../../lambda/store/reliable-store.ts';
import { type Answer, policyOf, restEvent } from '../authorizer/world.ts';
import { VirtualTimers } from '../store/virtual-timers.ts';
import {
  garble,
  LOST_ANSWER,
  NO_TABLE,
  NONE,
  RESET,
  SERVER_ERROR,
  STALL,
  THROTTLED,
  THROTTLED_BY_THE_API,
} from '../support/fault-proxy/fault.ts';
import { useFaultProxy } from '../support/fault-proxy/use-fault-proxy.ts';

const policy = policyOf(`
limits:
  sign-in:
    per: address
    routes: [POST /login]
    rate: 100/minute
    onStoreFailure: deny
  flood:
    per: address
    rate: 1000/minute
`);
const open = restEvent();
const closed = restEvent({ method: 'POST', path: '/login' });

/** From a fault on the wire to the lines of the log: the whole authorizer, on the engine, behind the fault proxy. */
describe('what is seen of a fault', () => {
  const world = useFaultProxy();
  let lines: string[] = [];
  beforeEach(() => {
    lines = [];
  });

  function container() {
    const { client } = world.container();
    const timers = new VirtualTimers();
    const { clock } = timers;
    const said: Record<string, unknown>[] = [];
    const signals = new ContainerMetrics({
      gate: 'shop',
      write: (line) => lines.push(line),
      now: () => world.now,
      everyMs: 0,
    });
    const counters = measuredStore(dynamodbStore(client, world.tableName), signals);
    const store = reliableStore(counters, { timers, clock });
    const limiter = new Limiter({
      store,
      clock: () => world.now,
      onStoreError: seldom((error, repeated) => said.push({ ...describeFault(error), ...repeated }), 10_000, clock),
    });
    const gate = createGate({
      policy,
      limiter,
      clients: { lookUp: async () => ({ kind: 'unknown' }) },
      blocks: { address: () => undefined, client: () => undefined, refresh: () => {} },
      clock: () => world.now,
      onFault: (error) => said.push({ fault: describeFault(error) }),
    });
    const authorizer = createAuthorizer({
      gate,
      softDenyApis: new Set(),
      metrics: signals,
      log: (rejection) => said.push({ ...rejection }),
      clock: () => world.now,
    });
    return { timers, said, call: (event: unknown) => authorizer(event) as Promise<Answer> };
  }

  /** What the metric lines written since the last call say of answers. */
  const metrics = () =>
    lines.splice(0).map((line) => {
      const { Gate, StoreThrottles, ...values } = JSON.parse(line);
      expect(Gate).toBe('shop');
      const names = ['Allowed', 'Limited', 'StoreErrors', 'BreakerOpen', 'FailedOpen', 'FailedClosed'];
      throttles += StoreThrottles ?? 0;
      return Object.fromEntries(Object.entries(values).filter(([name]) => names.includes(name)));
    });
  let throttles = 0;
  const FAILED_OPEN = { StoreErrors: 1, Allowed: 1, FailedOpen: 1 };
  const FAILED_CLOSED = { StoreErrors: 1, FailedClosed: 1 };

  test.each([
    ['ProvisionedThroughputExceededException', THROTTLED, 'HG302', 'throttled'],
    ['ThrottlingException', THROTTLED_BY_THE_API, 'HG302', 'throttled'],
    ['a server error', SERVER_ERROR, 'HG303', 'unavailable'],
    ['a table that is gone', NO_TABLE, 'HG303', 'unavailable'],
    ['resets', RESET, 'HG303', 'unavailable'],
    ['lost answers', LOST_ANSWER, 'HG303', 'unavailable'],
    ['answers that are no JSON', garble(() => '<html>'), 'HG303', 'unavailable'],
    ['items that hold no counts', garble((body) => body.replaceAll(/"\d+"/g, '"0.5"')), 'HG310', 'unavailable'],
  ])('%s', async (_name, fault, code, failure) => {
    const { call, said } = container();
    throttles = 0;
    world.proxy.standing = fault;
    expect((await call(open)).policyDocument!.Statement[0]!.Effect).toBe('Allow');
    expect(metrics()).toEqual([FAILED_OPEN]);
    expect(said).toEqual([{ code, problem: expect.stringContaining(code) }]);

    expect((await call(closed)).policyDocument!.Statement[0]!.Effect).toBe('Deny');
    expect(metrics()).toEqual([FAILED_CLOSED]);
    expect(said[1]).toMatchObject({ event: 'failed-closed', limit: 'sign-in', failure });
    expect(throttles).toBe(failure === 'throttled' ? 2 : 0);
    expect(JSON.stringify(said)).not.toContain('arn:aws:secret');

    world.proxy.standing = NONE;
    await call(open);
    expect(metrics()).toEqual([{ Allowed: 1 }]);
  });

  test('the deadline', async () => {
    const { call, said, timers } = container();
    world.proxy.script(STALL);
    const answer = call(open);
    await world.proxy.stalled();
    await timers.pass(1000);
    await answer;
    expect(metrics()).toEqual([FAILED_OPEN]);
    expect(said).toEqual([{ code: 'HG301', problem: expect.stringContaining('1000 ms') }]);
  });

  test('the open breaker has a metric of its own, and the log one line each ten seconds with the count', async () => {
    const { call, said, timers } = container();
    world.proxy.standing = NO_TABLE;
    for (let i = 0; i < 5; i++) await call(open);
    expect(metrics()).toEqual(Array(5).fill(FAILED_OPEN));
    for (let i = 0; i < 20; i++) await call(open);
    expect(metrics()).toEqual(Array(20).fill({ ...FAILED_OPEN, BreakerOpen: 1 }));
    await call(closed);
    expect(metrics()).toEqual([{ ...FAILED_CLOSED, BreakerOpen: 1 }]);
    expect(said.filter((line) => 'code' in line)).toHaveLength(1);

    await timers.pass(10_000);
    await call(open);
    const faults = said.filter((line) => 'code' in line);
    expect(faults).toHaveLength(2);
    expect(faults[1]).toMatchObject({ code: 'HG303', repeated: 25 });

    world.proxy.standing = NONE;
    await timers.pass(1000);
    lines = [];
    await call(open);
    expect(metrics()).toEqual([{ Allowed: 1 }]);
  });

  test('an item ahead of the clock, and one of a newer format', async () => {
    const subject = 'address:203.0.113.7';
    for (const [attributes, code, failure] of [
      [
        { v: 1, [policy.limits[0]!.budgets.default!.cellId]: Math.floor((world.now + 60_000) / 6000) },
        'HG305',
        'clock',
      ],
      [{ v: 2 }, 'HG307', 'unavailable'],
    ] as const) {
      await world.putItem(subject, attributes);
      const { call, said } = container();
      await call(closed);
      expect(metrics()).toEqual([FAILED_CLOSED]);
      expect(said.map((line) => line.code ?? line.failure)).toEqual([code, failure]);
    }
    await world.deleteItem(subject);
  });
});
