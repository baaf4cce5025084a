import { Limiter } from '../../lambda/limiter/index.ts';
import type { LimitStatus } from '../../lambda/limiter/verdict.ts';
import { chargesFor } from '../../lambda/request/charges.ts';
import { quotaWatch } from '../../lambda/signals/quota-watch.ts';
import { memoryStore } from '../../lambda/store/memory.ts';
import { policyOf } from '../authorizer/world.ts';

const policy = policyOf(`
limits:
  monthly: { per: client, rate: 1000/calendar-month }
  exports: { per: client, rate: 1000/calendar-month, cost: { POST /exports: 7 } }
  trial: { per: client, rate: 10/calendar-day, mode: shadow }
  minute: { per: client, rate: 10000/minute }
  ceiling: { per: all, rate: 1000/calendar-day }
`);
const [monthly] = policy.limits;

/** Containers over one store, and how many crossings each has noticed. */
function containers(count: number) {
  const store = memoryStore();
  const state = { now: Date.UTC(2027, 0, 15) };
  const all = Array.from({ length: count }, () => ({
    limiter: new Limiter({ store, clock: () => state.now }),
    near: quotaWatch(policy.limits),
    noticed: 0,
  }));
  const send = async (at: number, client: string, limit: string, cost = 1) => {
    const one = all[at % count]!;
    const limits = [{ limit: policy.limits.find(({ name }) => name === limit)!, cost }];
    const verdict = await one.limiter.decide(
      chargesFor(policy, limits, { address: 'unknown', client, tier: 'default' }),
    );
    one.noticed += one.near(verdict.limits);
    return verdict;
  };
  return { state, all, send, noticed: () => all.reduce((sum, { noticed }) => sum + noticed, 0) };
}

test('one client over many containers is noticed once, at 80 %', async () => {
  const { send, noticed } = containers(20);
  for (let i = 0; i < 799; i++) await send(i, 'acme', 'monthly');
  expect(noticed()).toBe(0);
  await send(799, 'acme', 'monthly');
  expect(noticed()).toBe(1);
  for (let i = 800; i < 1200; i++) await send(i * 7, 'acme', 'monthly');
  expect(noticed()).toBe(1);
});

test('each client and each period is noticed', async () => {
  const { state, send, noticed } = containers(3);
  for (const [i, client] of ['acme', 'bob'].entries()) {
    for (let sent = 0; sent < 900; sent++) await send(i, client, 'monthly');
  }
  expect(noticed()).toBe(2);
  state.now = Date.UTC(2027, 1, 1);
  for (let sent = 0; sent < 900; sent++) await send(0, 'acme', 'monthly');
  expect(noticed()).toBe(3);
});

test('requests that take several units at once do not jump over the line', async () => {
  const { send, noticed } = containers(20);
  for (let sent = 0; sent < 140; sent++) await send(sent, 'acme', 'exports', 7);
  expect(noticed()).toBe(1);
});

test('where costs differ, small requests are noticed by as many containers as the largest cost at most', async () => {
  const { send, noticed } = containers(20);
  for (let sent = 0; sent < 1000; sent++) await send(sent, 'acme', 'exports');
  expect(noticed()).toBe(7);
});

test('a limit that many share is noticed once in each container; others than of the calendar never', async () => {
  const { send, noticed } = containers(2);
  for (let i = 0; i < 1100; i++) await send(i, `client-${i}`, 'ceiling');
  expect(noticed()).toBe(2);
  const other = containers(1);
  for (let i = 0; i < 20; i++) await other.send(0, 'acme', 'trial');
  for (let i = 0; i < 20; i++) await other.send(0, 'acme', 'minute');
  expect(other.noticed()).toBe(0);
});

test('its memory is bounded: a subject that has given way is not noticed again but within the line', () => {
  const near = quotaWatch(policy.limits);
  const status = (client: number, used: number): LimitStatus => ({
    name: monthly!.name,
    subject: `client:${client}`,
    mode: 'enforce',
    limit: 1000,
    windowMs: 31 * 86_400_000,
    remaining: 1000 - used,
    resetAt: 5,
    allowed: true,
  });
  let noticed = 0;
  for (let client = 0; client < 5000; client++) noticed += near([status(client, 800)]);
  expect(noticed).toBe(5000);
  for (let client = 0; client < 5000; client++) noticed += near([status(client, 900)]);
  expect(noticed).toBe(5000);
});

test('who it is that has crossed it is told, once', async () => {
  const told: string[] = [];
  const watch = quotaWatch(policy.limits);
  const status = {
    name: 'monthly',
    mode: 'enforce',
    limit: 1000,
    windowMs: 2_678_400_000,
    resetAt: 5,
    allowed: true,
  } as const;
  const statuses = [
    { ...status, subject: 'client:acme', remaining: 200 },
    { ...status, subject: 'client:bob', remaining: 201 },
  ];
  for (let i = 0; i < 2; i++) watch(statuses, ({ subject }) => told.push(subject));
  expect(told).toEqual(['client:acme']);
});

test('a quota that an override makes a limit of minutes for a time is none meanwhile', async () => {
  const { budgets } = policyOf('limits: { monthly: { per: client, rate: 10/minute } }').limits[0]!;
  const limiter = new Limiter({ store: memoryStore(), clock: () => Date.UTC(2027, 0, 15) });
  const near = quotaWatch(policy.limits);
  const caller = { address: 'unknown', client: 'acme', tier: 'default' };
  const charges = chargesFor(policy, [{ limit: monthly!, cost: 1 }], caller, () => budgets.default);
  const noticed: number[] = [];
  for (let i = 0; i < 10; i++) noticed.push(near((await limiter.decide(charges)).limits));
  expect(noticed).toEqual(Array(10).fill(0));
});
