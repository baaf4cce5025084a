import { arrivals, type Batch, type Pattern } from '../../bench/load/arrivals.ts';
import { seeded, zipf } from '../../bench/load/random.ts';
import { VirtualClock } from '../../bench/load/virtual-clock.ts';
import { adversaries, workloads } from '../../bench/workloads.ts';

const made = (pattern: Pattern, seed: number, decisions = 3200): Batch[] => {
  const random = seeded(seed);
  return arrivals({ pattern, random, decisions, perMinute: 600, instances: 8, client: () => 'c' });
};

describe('arrivals', () => {
  test('the same seed gives the same traffic, another one another', () => {
    expect(made('P', 1)).toEqual(made('P', 1));
    expect(made('P', 1)).not.toEqual(made('P', 2));
  });

  test.each([
    ['P', 1],
    ['C', 32],
    ['R', 32],
  ] as const)('%s: %i at one instant, in order, at the rate asked for, over all instances', (pattern, size) => {
    const batches = made(pattern, 7);
    expect(new Set(batches.map(({ requests }) => requests.length))).toEqual(new Set([size]));
    expect(batches.length * size).toBe(3200);
    const times = batches.map(({ at }) => at);
    expect(times).toEqual([...times].sort((a, b) => a - b));
    // 3,200 at 600 a minute: 320 s; the mean of 100 exponential gaps is within 30 % but for one seed in a thousand.
    expect(times.at(-1)! / 320_000).toBeGreaterThan(0.7);
    expect(times.at(-1)! / 320_000).toBeLessThan(1.3);
    const instances = new Set(batches.flatMap(({ requests }) => requests.map(({ instance }) => instance)));
    expect([...instances].sort()).toEqual([0, 1, 2, 3, 4, 5, 6, 7]);
  });

  test('clumps come evenly apart, or at random', () => {
    const gaps = (pattern: Pattern) => new Set(made(pattern, 3).map(({ at }, i, all) => at - (all[i - 1]?.at ?? 0)));
    expect(gaps('C')).toEqual(new Set([3200]));
    expect(gaps('R').size).toBeGreaterThan(80);
  });

  test('gaps of a Poisson process: a share of 1 / e is longer than the mean', () => {
    const times = made('P', 3, 20_000).map(({ at }) => at);
    const longer = times.filter((at, i) => at - (times[i - 1] ?? 0) > 100).length;
    expect(longer / times.length).toBeCloseTo(1 / Math.E, 1);
  });

  test('Zipf: the first of a thousand makes 1 / 7.485 of the requests, the second half of that', () => {
    const rank = zipf(seeded(5), 1000);
    const counts = new Array<number>(1000).fill(0);
    for (let i = 0; i < 100_000; i++) counts[rank()]!++;
    expect(counts[0]! / 100_000).toBeCloseTo(1 / 7.485, 2);
    expect(counts[0]! / counts[1]!).toBeCloseTo(2, 0);
    expect(counts.slice(900).some((count) => count > 0)).toBe(true);
  });
});

describe('the virtual clock', () => {
  test('moves on and never back, and stands in for Date.now until it is put back', () => {
    const clock = new VirtualClock(1000);
    const restore = clock.install();
    try {
      expect(Date.now()).toBe(1000);
      clock.moveTo(5000);
      clock.moveTo(2000);
      expect([clock.now(), Date.now()]).toEqual([5000, 5000]);
    } finally {
      restore();
    }
    expect(Date.now()).toBeGreaterThan(1_700_000_000_000);
  });
});

describe('the workloads', () => {
  test('each has a name of its own, batches in order, and instances that exist', () => {
    const all = workloads(0.05);
    expect(new Set(all.map(({ name }) => name)).size).toBe(all.length);
    for (const { batches, instances } of all) {
      const times = batches.map(({ at }) => at);
      expect(times).toEqual([...times].sort((a, b) => a - b));
      expect(batches.flatMap(({ requests }) => requests).every(({ instance }) => instance < instances)).toBe(true);
    }
  });

  test('are the same every time, so that every contestant meets the same requests', () => {
    expect(workloads(0.05)).toEqual(workloads(0.05));
  });

  test('each adversary asks for at least twice the limit of 100 within one minute', () => {
    const byClient = new Map<string, number[]>();
    for (const { at, requests } of adversaries()) {
      for (const { client } of requests) byClient.set(client, [...(byClient.get(client) ?? []), at]);
    }
    expect([...byClient.keys()].sort()).toEqual(['birth', 'drip', 'edge', 'late', 'ticks', 'waves']);
    for (const times of byClient.values()) {
      const most = Math.max(...times.map((from) => times.filter((at) => at >= from && at < from + 60_000).length));
      expect(most).toBeGreaterThanOrEqual(200);
    }
  });
});
