import { AsyncLocalStorage } from 'node:async_hooks';
import type { DynamoDBClient } from '@aws-sdk/client-dynamodb';
import type { Contestant } from './contestants/contestant.ts';
import { VirtualClock } from './load/virtual-clock.ts';
import { percentile } from './measures/percentile.ts';
import { worstWindow } from './measures/rolling-window.ts';
import type { CountingProxy } from './proxy/counting-proxy.ts';
import type { Tally } from './proxy/ledger.ts';
import type { Workload } from './workloads.ts';

/** What one contestant did under one workload. */
export interface Outcome {
  readonly contestant: string;
  readonly workload: string;
  readonly decisions: number;
  readonly admitted: number;
  /** For each decision, on average. */
  readonly write: number;
  readonly read: number;
  readonly calls: number;
  /** Calls to the store that a decision made, counted. */
  readonly callsP50: number;
  readonly callsP99: number;
  /** Most admitted in any window, over the limit; absent where it was not asked for. */
  readonly worst?: number;
  /** What the first limit holds, less what was admitted: 0 where a denied request takes nothing from it. */
  readonly overcharged?: number;
  readonly byOperation: Readonly<Record<string, Tally>>;
  readonly seconds: number;
}

/** A Tuesday, 08:00 UTC, at the beginning of a minute. */
const START = 1_800_000_000_000;

/** Runs a workload from an empty table. One at a time in a thread: it replaces the thread's `Date.now`. */
export async function runWorkload(contestant: Contestant, workload: Workload, proxy: CountingProxy): Promise<Outcome> {
  const since = performance.now();
  const clock = new VirtualClock(START);
  const restore = clock.install();
  try {
    const current = new AsyncLocalStorage<{ calls: number }>();
    const watch = (client: Pick<DynamoDBClient, 'middlewareStack'>) => countCalls(client, current);
    const { rules, instances } = workload;
    const running = await contestant.open({ endpoint: proxy.endpoint, rules, instances, clock: clock.now, watch });
    proxy.ledger.reset();

    const calls: number[] = [];
    const admitted = new Map<string, number[]>();
    for (const { at, requests } of workload.batches) {
      clock.moveTo(START + at);
      let next = 0;
      const lane = async () => {
        for (let request = requests[next++]; request; request = requests[next++]) {
          const { client, instance } = request;
          const count = { calls: 0 };
          const allowed = await current.run(count, () => running.decide(instance, client));
          calls.push(count.calls);
          if (!allowed) continue;
          const times = admitted.get(client);
          if (times) times.push(at);
          else admitted.set(client, [at]);
        }
      };
      await Promise.all(Array.from({ length: Math.min(requests.length, workload.atOnce) }, lane));
    }

    const { total, byOperation } = proxy.ledger;
    const decisions = calls.length;
    const sum = [...admitted.values()].reduce((all, times) => all + times.length, 0);
    const rule = rules[0]!;
    const worst = Math.max(0, ...[...admitted.values()].map((times) => worstWindow(times, rule.windowMs) / rule.limit));
    const used = workload.charged ? await running.used('client-0', rule) : undefined;
    await running.close();
    return {
      contestant: contestant.name,
      workload: workload.name,
      decisions,
      admitted: sum,
      write: total.write / decisions,
      read: total.read / decisions,
      calls: total.calls / decisions,
      callsP50: percentile(calls, 0.5),
      callsP99: percentile(calls, 0.99),
      ...(workload.windows && { worst }),
      ...(used !== undefined && { overcharged: used - sum }),
      byOperation,
      seconds: (performance.now() - since) / 1000,
    };
  } finally {
    restore();
  }
}

function countCalls(
  client: Pick<DynamoDBClient, 'middlewareStack'>,
  current: AsyncLocalStorage<{ calls: number }>,
): void {
  client.middlewareStack.add(
    (next) => (args) => {
      const count = current.getStore();
      if (count) count.calls++;
      return next(args);
    },
    // After the SDK's own retries: what is counted is what is sent.
    { step: 'finalizeRequest', priority: 'low', name: 'countCalls' },
  );
}
