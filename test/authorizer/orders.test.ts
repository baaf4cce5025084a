import { REGISTRY } from '../../lambda/store/registry-keys.ts';
import { createWorld, httpEvent, KEYS, policyOf, restEvent, type World } from './world.ts';

const POLICY = policyOf(`
identify: [{ apiKey: x-api-key }]
tiers: [free, gold]
limits:
  client: { per: client, rate: { free: 4/minute, gold: 6/minute } }
  all: { per: all, rate: 100/minute }
`);
const budgets = (rate: string) =>
  JSON.stringify(
    policyOf(`
tiers: [free, gold]
limits:
  client: { per: client, rate: ${rate} }
`).limits[0]!.budgets,
  );

let world: World;
beforeEach(() => {
  world = createWorld(POLICY);
});
const settled = () => new Promise((resolve) => setImmediate(resolve));
/** How many of `count` requests pass. */
async function passed(count: number, key: string = KEYS.acme): Promise<number> {
  let allowed = 0;
  for (let i = 0; i < count; i++) {
    const { isAuthorized } = await world.call(httpEvent({ key }));
    if (isAuthorized) allowed++;
  }
  return allowed;
}
const override = (rate: string, forMs: number, tier?: string) => ({
  key: `${REGISTRY.overridePrefix}client${tier === undefined ? '' : `#${tier}`}`,
  fields: {
    budgets: budgets(rate),
    rate,
    until: String((world.now + forMs) / 1000),
    at: new Date(world.now).toISOString(),
    by: 'ann',
    why: 'an attack',
  },
});
/** The next reading: due half a minute later, in the background of a request that does not wait for it. */
async function halfAMinute(): Promise<void> {
  world.now += 30_000;
  await world.call(restEvent({ ip: '198.51.100.1' }));
  await settled();
}

test('an override holds from the next reading on, and lapses by the clock without one', async () => {
  await world.readBlocks();
  expect(await passed(8)).toBe(6);
  world.now += 66_000;
  world.orders = [override('2/minute', 120_000)];
  expect(await passed(1)).toBe(1);
  await settled();
  expect(world.ordersSaid).toEqual([
    expect.objectContaining({
      event: 'override-applies',
      limit: 'client',
      rate: '2/minute',
      by: 'ann',
      why: 'an attack',
    }),
  ]);
  expect(await passed(4)).toBe(1);

  // Just before its end it still holds; at its end the policy's own does, although nothing can be read any more.
  world.registryDown = true;
  world.now += 119_999;
  expect(await passed(4)).toBe(2);
  world.now += 1;
  expect(await passed(8)).toBe(4);
  world.registryDown = false;
  await halfAMinute();
  expect(world.ordersSaid.map(({ event }) => event)).toEqual(['override-applies', 'override-lapsed']);
});

test('a higher rate lets those on who are remembered as over the lower one; what they used counts on', async () => {
  await world.readBlocks();
  expect(await passed(8)).toBe(6);
  world.orders = [override('10/minute', 3_600_000)];
  await world.readBlocks();
  expect(await passed(8)).toBe(4);
  world.orders = [];
  await world.readBlocks();
  expect(await passed(2)).toBe(0);
});

test('what is removed ends at the next reading, and is said so', async () => {
  world.orders = [override('2/minute', 3_600_000)];
  await world.readBlocks();
  expect(await passed(4)).toBe(2);
  world.orders = [];
  await halfAMinute();
  expect(world.ordersSaid.map(({ event }) => event)).toEqual(['override-applies', 'override-removed']);
  expect(await passed(8)).toBe(4);
});

test('one for a tier comes before one for all', async () => {
  world.orders = [override('1/minute', 3_600_000), override('3/minute', 3_600_000, 'gold')];
  await world.readBlocks();
  expect(await passed(5, KEYS.acme)).toBe(3);
  expect(await passed(5, KEYS.bob)).toBe(1);
});

test('another window counts under another name: neither takes the epochs of the other for its own', async () => {
  expect(await passed(8)).toBe(6);
  world.orders = [override('5/hour', 50_000)];
  await world.readBlocks();
  expect(await passed(8)).toBe(5);
  world.now += 50_000;
  // The first minute is not over for the policy's own count: what the override let through was not counted there.
  expect(await passed(8)).toBe(0);
  world.now += 20_000;
  expect(await passed(8)).toBe(6);
});

test('a reset frees whoever is remembered as over its limit, and loses nobody else’s count', async () => {
  await world.readBlocks();
  expect(await passed(8)).toBe(6);
  expect(await passed(8, KEYS.bob)).toBe(4);
  world.items.delete('client:acme');
  world.items.delete('client:bob');
  world.orders = [
    { key: `${REGISTRY.resetPrefix}client:acme`, fields: { at: 'now', by: 'ann', why: 'was our fault' } },
  ];
  expect(await passed(2)).toBe(0);
  await halfAMinute();
  expect(world.ordersSaid).toEqual([{ event: 'reset', subject: 'client:acme', by: 'ann', why: 'was our fault' }]);
  expect(await passed(4)).toBe(4);
  // Nobody has told it to forget bob, and a reading that brings the same reset again does nothing.
  expect(await passed(2, KEYS.bob)).toBe(0);
  await halfAMinute();
  expect(world.ordersSaid).toHaveLength(1);
  expect(await passed(8)).toBe(2);
});

test('garbled orders change nothing, and are named in the log without what they hold', async () => {
  const good = override('2/minute', 3_600_000);
  world.orders = [
    { key: '#override#nobody', fields: good.fields },
    { key: '#override#client', fields: { ...good.fields, budgets: '{"free":{"limit":1e99' } },
    { key: '#override#client#gold', fields: {} },
    { key: '#override#', fields: { secret: 'do-not-say' } },
    { key: '#something-new#x', fields: {} },
    { key: '#reset#', fields: {} },
  ];
  await world.readBlocks();
  expect(await passed(8)).toBe(6);
  expect(world.ordersSaid.map(({ problem }) => problem)).toEqual([
    expect.stringMatching(/^HG275 .*#override#nobody: the policy has no such limit/),
    expect.stringMatching(/^HG275 .*#override#client: it holds no budget/),
    expect.stringMatching(/^HG275 .*#override#client#gold: it does not say until when/),
    expect.stringMatching(/^HG275 .*#override#: the policy has no such limit/),
  ]);
  expect(JSON.stringify(world.ordersSaid)).not.toContain('do-not-say');
});

test('a clock that is set back lets an override hold longer by that, and no more', async () => {
  world.orders = [override('2/minute', 66_000)];
  await world.readBlocks();
  expect([await passed(4), await passed(4, KEYS.bob)]).toEqual([2, 2]);
  world.registryDown = true;
  world.now += 66_000;
  expect(await passed(8)).toBe(6);
  world.now -= 10_000;
  expect(await passed(4, KEYS.bob)).toBe(0);
  world.now += 10_000;
  expect(await passed(8, KEYS.bob)).toBe(4);
});
