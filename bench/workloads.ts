import type { Rule } from './contestants/contestant.ts';
import { arrivals, type Batch, type Pattern } from './load/arrivals.ts';
import { seeded, zipf } from './load/random.ts';

const SECOND = 1000;
const MINUTE = 60 * SECOND;
const DAY = 1440 * MINUTE;

/** One kind of traffic against one set of limits. */
export interface Workload {
  readonly name: string;
  readonly title: string;
  readonly rules: readonly Rule[];
  readonly instances: number;
  /** At most so many requests of one instant are under way at once. */
  readonly atOnce: number;
  readonly batches: readonly Batch[];
  /** One limit: the worst rolling window of its first rule is measured. */
  readonly windows: boolean;
  /** Whether what the first limit holds in the end is compared with what was admitted. */
  readonly charged: boolean;
}

/** Every contestant meets the same requests at the same instants: seeds are fixed. */
export function workloads(scale: number): Workload[] {
  const size = (decisions: number) => Math.max(96, Math.round(decisions * scale));
  const one = (limit: number, windowMs = MINUTE): Rule[] => [{ name: 'limit', limit, windowMs }];
  const base = { instances: 8, atOnce: 32, windows: false, charged: false };
  const each = (
    name: string,
    title: string,
    more: Partial<Workload> & { rules: readonly Rule[] },
    load: { decisions: number; perMinute: number; clients?: number; zipf?: number; seed: number },
    patterns: readonly Pattern[] = ['P', 'C'],
  ): Workload[] =>
    patterns.map((pattern) => {
      const random = seeded(load.seed);
      const rank = load.zipf ? zipf(random, load.zipf) : () => Math.floor(random() * (load.clients ?? 1));
      const instances = more.instances ?? base.instances;
      const batches = arrivals({
        pattern,
        random,
        decisions: size(load.decisions),
        perMinute: load.perMinute,
        instances,
        client: () => `client-${rank()}`,
      });
      return { ...base, name: `${name}-${pattern}`, title: `${title}, ${pattern}`, ...more, batches };
    });

  return [
    ...each('one-limit', 'one limit, below it', { rules: one(1000) }, { decisions: 1600, perMinute: 400, seed: 1 }),
    ...each(
      'zipf',
      '1,000 clients, Zipf',
      { rules: one(1000) },
      { decisions: 4000, perMinute: 2000, zipf: 1000, seed: 2 },
    ),
    ...each(
      'five-limits',
      'five limits, below them',
      {
        rules: [
          { name: 'second', limit: 200, windowMs: SECOND },
          { name: 'minute', limit: 1000, windowMs: MINUTE },
          { name: 'quarter', limit: 10_000, windowMs: 15 * MINUTE },
          { name: 'hour', limit: 50_000, windowMs: 60 * MINUTE },
          { name: 'day', limit: 500_000, windowMs: DAY },
        ],
      },
      { decisions: 640, perMinute: 400, seed: 3 },
    ),
    ...each(
      'ten-times',
      'ten times over the limit',
      { rules: one(100), windows: true },
      { decisions: 6000, perMinute: 1000, seed: 4 },
      ['P', 'C', 'R'],
    ),
    ...each(
      'ten-times-32',
      'ten times over, 32 instances',
      { rules: one(100), windows: true, instances: 32 },
      { decisions: 6000, perMinute: 1000, seed: 5 },
      ['P', 'C', 'R'],
    ),
    {
      ...base,
      name: 'burst',
      title: 'burst of 3,000 at a limit of 100',
      rules: one(100),
      windows: true,
      batches: [
        {
          at: 0,
          requests: Array.from({ length: 3000 }, (_, i) => ({ client: 'client-0', instance: i % 8 })),
        },
      ],
    },
    ...each(
      'second-denies',
      'second of two limits denies half',
      {
        rules: [
          { name: 'day', limit: 100_000, windowMs: DAY },
          { name: 'minute', limit: 100, windowMs: MINUTE },
        ],
        charged: true,
      },
      { decisions: 2000, perMinute: 200, seed: 6 },
      ['P'],
    ),
    ...each(
      'small-limit',
      'small limit, many containers (20/minute, 32, at 80 %)',
      { rules: one(20), instances: 32, windows: true },
      { decisions: 3200, perMinute: 16 * 40, clients: 40, seed: 7 },
      ['P'],
    ),
    { ...base, name: 'windows', title: 'worst rolling window', rules: one(100), windows: true, batches: adversaries() },
  ];
}

/**
 * Callers who know how limiters count, at a limit of 100 a minute. Each aims at one place where the count begins anew:
 * the edge of a minute, a minute after the own first request, the edge of a tenth of a minute.
 */
export function adversaries(): Batch[] {
  const made: { at: number; client: string; count: number }[] = [];
  const send = (client: string, at: number, count: number) => made.push({ client, at, count });
  const drip = (client: string, from: number, to: number, step: number, count = 1) => {
    for (let at = from; at < to; at += step) send(client, at, count);
  };
  send('edge', 59_900, 150);
  send('edge', 60_100, 150);
  send('birth', 3000, 1);
  send('birth', 62_900, 150);
  send('birth', 63_100, 150);
  drip('drip', 0, 3 * MINUTE, 250);
  send('late', 35_900, 150);
  drip('late', 36_000, 2 * MINUTE, 100);
  drip('ticks', 5900, 2 * MINUTE, 6000, 40);
  drip('ticks', 6100, 2 * MINUTE, 6000, 40);
  drip('waves', 59_500, 4 * MINUTE, 60_000, 120);
  drip('waves', 60_500, 4 * MINUTE, 60_000, 120);
  let turn = 0;
  return made
    .sort((a, b) => a.at - b.at)
    .map(({ at, client, count }) => ({
      at,
      requests: Array.from({ length: count }, () => ({ client, instance: turn++ % 8 })),
    }));
}
