import { setTimeout } from 'node:timers/promises';
import { setFlagsFromString } from 'node:v8';
import { runInNewContext } from 'node:vm';
import type { Order } from '../../lambda/identity/registry-reader.ts';
import { ownStanding, sharedOrders } from '../../lambda/middleware/own-orders.ts';
import { policyFromYaml } from '../../lambda/policy/index.ts';

setFlagsFromString('--expose-gc');
const gc = runInNewContext('gc') as () => void;

/** Whatever was looked at in this turn lives until it ends. */
async function collectGarbage(): Promise<void> {
  await setTimeout(0);
  gc();
}

const NOW = Date.UTC(2026, 10, 24, 12);
const ORDER: Order = {
  key: '#override#log-ins',
  fields: { rate: '1/minute', own: 'true', until: String(NOW / 1000 + 3600), by: 'ann', at: '2026-11-24T11:59:00Z' },
};
const ordered = () => {
  const blocks = async (take?: (orders: readonly Order[]) => void) => {
    take?.([ORDER]);
    return [];
  };
  return sharedOrders({ blocks }, () => NOW);
};

test('a subscriber whom nobody holds any more is not kept, and one who is held is told', async () => {
  const orders = ordered();
  const told: string[] = [];
  const subscriber = (name: string) => ({ take: () => void told.push(name), say: () => {} });
  const held = subscriber('held');
  orders.subscribe(held);
  for (let i = 0; i < 1000; i++) orders.subscribe(subscriber('dropped'));

  await collectGarbage();
  await orders.load();

  expect(told).toEqual(['held']);
  expect(held).toBeDefined();
});

test('who holds what stands for a policy goes on being told', async () => {
  const orders = ordered();
  const policy = policyFromYaml('limits:\n  log-ins: { per: address, rate: 5/minute }\n');
  const said: string[] = [];
  const parts = { policy, clock: () => NOW, forget: () => {}, say: (_: string, message: string) => said.push(message) };
  const standing = ownStanding(orders, parts);

  await collectGarbage();
  await orders.load();

  expect(said).toEqual(['An override applies']);
  expect(standing.budgetNow).toBeDefined();
});
