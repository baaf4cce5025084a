import type { Contestant } from '../../bench/contestants/contestant.ts';
import { DenialMemory } from '../../bench/contestants/denial-memory.ts';
import { policyText } from '../../bench/contestants/headgate.ts';
import type { CountingProxy } from '../../bench/proxy/counting-proxy.ts';
import { Ledger } from '../../bench/proxy/ledger.ts';
import { runWorkload } from '../../bench/run-workload.ts';
import type { Workload } from '../../bench/workloads.ts';
import { compilePolicy } from '../../lambda/policy/parse.ts';

describe('one run of a workload', () => {
  const workload: Workload = {
    name: 'w',
    title: 'w',
    rules: [{ name: 'limit', limit: 2, windowMs: 1000 }],
    instances: 2,
    atOnce: 2,
    windows: true,
    charged: true,
    batches: [
      {
        at: 0,
        requests: [
          { client: 'client-0', instance: 0 },
          { client: 'client-0', instance: 1 },
          { client: 'client-0', instance: 0 },
        ],
      },
      { at: 900, requests: [{ client: 'client-0', instance: 1 }] },
    ],
  };

  test('moves the clock, keeps to the concurrency, and adds up what was admitted and billed', async () => {
    const ledger = new Ledger();
    const proxy: CountingProxy = { endpoint: 'http://nowhere', ledger, stop: async () => {} };
    const seen: number[] = [];
    let underWay = 0;
    let most = 0;
    const contestant: Contestant = {
      name: 'all',
      title: 'All',
      suits: () => true,
      async open() {
        ledger.charge('GetItem', { write: 0, read: 1 }, false);
        return {
          async decide(instance) {
            seen.push(Date.now() % 100_000);
            most = Math.max(most, ++underWay);
            await new Promise(setImmediate);
            underWay--;
            ledger.charge('UpdateItem', { write: 2, read: 0 }, false);
            return instance === 1;
          },
          used: async () => 5,
          close: async () => {},
        };
      },
    };

    const outcome = await runWorkload(contestant, workload, proxy);

    expect(outcome).toMatchObject({ contestant: 'all', workload: 'w', decisions: 4, admitted: 2, write: 2, read: 0 });
    expect(outcome).toMatchObject({ worst: 1, overcharged: 3 });
    expect(seen).toEqual([0, 0, 0, 900]);
    expect(most).toBe(2);
    expect(Date.now()).toBeLessThan(1.9e12);
  });
});

test('denials are remembered until their end and not longer', () => {
  const memory = new DenialMemory();
  memory.remember('a', 100);
  memory.remember('a', 50);
  expect([memory.denies('a', 99), memory.denies('a', 100), memory.denies('b', 0)]).toEqual([true, false, false]);
});

test.each(['sliding-window', 'fixed-window', 'token-bucket'] as const)(
  'a policy of %s is what its rules say',
  (algorithm) => {
    const rules = [
      { name: 'minute', limit: 60, windowMs: 60_000 },
      { name: 'quarter', limit: 100, windowMs: 900_000 },
    ];
    const policy = compilePolicy(policyText(rules, algorithm), 'bench');
    expect(policy.limits.map(({ name, per, budgets }) => ({ name, per, ...budgets[policy.tiers[0]!] }))).toMatchObject(
      rules.map((rule) => ({ ...rule, per: 'client', algorithm })),
    );
  },
);
