import { AsyncLocalStorage } from 'node:async_hooks';
import { Limiter } from '../../lambda/limiter/limiter.ts';
import { StoreError } from '../../lambda/limiter/store-error.ts';
import type { Budget } from '../../lambda/policy/policy.ts';
import { memoryStore } from '../../lambda/store/memory.ts';
import { seeded } from '../properties/random.ts';
import { Simulation } from '../properties/simulation.ts';
import { asked, charge, fixedWindow } from './budgets.ts';

/** What happens to one shared subject. All times are the true ones, ms since the start; all shares from 0 to 1. */
export interface LeaseRun {
  readonly budget: Budget;
  readonly cost: number;
  readonly containers: number;
  /** Demand over the ceiling. */
  readonly load: number;
  readonly requests: number;
  /** How many requests come at one instant. */
  readonly atOnce: number;
  /** After this share of the requests there is a pause of two epochs, in which what is leased is lost. */
  readonly pauseAfter: number;
  /** A write is at most so long under way, and so is its answer. */
  readonly wayMs: number;
  /** Share of the answers that come late, by up to three epochs. */
  readonly late: number;
  /** Share of the writes whose answer is lost; half of them have happened. */
  readonly lost: number;
  /** Share of the requests that a limit of their own denies, while the ceiling is being asked. */
  readonly denied: number;
  /** How far each container's clock is off, ms; those that are missing are right. */
  readonly offsets: readonly number[];
  /** Clocks that are set back, by `by` ms, at a share of the run. */
  readonly setBack: readonly { readonly container: number; readonly at: number; readonly by: number }[];
  /** Containers that are frozen at a share of the run, for `epochs` epochs. */
  readonly freezes: readonly { readonly container: number; readonly at: number; readonly epochs: number }[];
  /** Whether the monotonic clock stands still while its container is frozen. */
  readonly monotonicStops: boolean;
  readonly seed: number;
}

/** A write that was applied. */
export interface LeaseWrite {
  readonly container: number;
  readonly epoch: number;
  readonly sentAt: number;
  /** How far the container's clock was off when it was sent. */
  readonly offset: number;
  /** What the container's clock said. */
  readonly clock: number;
  readonly countedAt: number;
  /** How many requests it pays for. */
  readonly requests: number;
  /** Its answer arrived, at this time; absent: it was lost. */
  answeredAt?: number;
  /** Its own request was let through. */
  passed: boolean;
}

export interface LeaseOutcome {
  /** In the order of counting. */
  readonly writes: readonly LeaseWrite[];
  /** What passed and was paid by an earlier write of the same container, in order. */
  readonly spent: readonly { readonly container: number; readonly at: number }[];
  /** When each container was asked. */
  readonly demand: readonly (readonly number[])[];
  /** How many of each container's requests another limit has denied. */
  readonly denied: readonly number[];
  readonly decisions: number;
  /** The longest that a write was under way to the store. */
  readonly longestWayMs: number;
  /** The most that clocks disagreed, the true one among them, at any two times. */
  readonly disagreementMs: number;
}

const START = 1.8e12;

export async function simulateLeases(run: LeaseRun): Promise<LeaseOutcome> {
  const { budget, cost, containers } = run;
  const random = seeded(run.seed);
  const simulation = new Simulation();
  simulation.now = START;
  const memory = memoryStore();
  const perMs = budget.limit / budget.windowMs / cost;
  const lengthMs = run.requests / (perMs * run.load);
  const denies = fixedWindow(1, 1e9, 'own');
  const token = budget.algorithm === 'token-bucket' ? Math.ceil((budget.windowMs * 1000) / budget.limit) : 1;

  const writes: LeaseWrite[] = [];
  const spent: { container: number; at: number }[] = [];
  const demand: number[][] = Array.from({ length: containers }, () => []);
  const denied: number[] = Array.from({ length: containers }, () => 0);
  const current = new AsyncLocalStorage<{ write?: LeaseWrite }>();
  let longestWayMs = 0;

  const frozen = run.freezes.map(({ container, at, epochs }) => {
    const from = START + at * lengthMs;
    return { container: container % containers, from, to: from + epochs * budget.epochMs };
  });
  const thawedAt = (container: number, at: number): number =>
    frozen.reduce((t, one) => (one.container === container && t >= one.from && t < one.to ? one.to : t), at);
  const frozenMs = (container: number): number =>
    frozen.reduce(
      (ms, { container: which, from, to }) =>
        which === container ? ms + Math.max(0, Math.min(simulation.now, to) - from) : ms,
      0,
    );
  const offsetOf = (container: number): number =>
    run.setBack.reduce(
      (offset, { container: which, at, by }) =>
        which % containers === container && simulation.now >= START + at * lengthMs ? offset - by : offset,
      run.offsets[container] ?? 0,
    );

  const limiters = Array.from({ length: containers }, (_, container) => {
    const until = (at: number) => new Promise<void>((go) => simulation.at(thawedAt(container, at), go));
    return new Limiter({
      clock: () => simulation.now + offsetOf(container),
      monotonic: () => simulation.now - START + 0.5 - (run.monotonicStops ? frozenMs(container) : 0),
      store: {
        async update(subject, write) {
          if (subject !== 'all') return memory.update(subject, write);
          const sentAt = simulation.now;
          const offset = offsetOf(container);
          const isLost = random() < run.lost;
          await new Promise<void>((go) => simulation.at(simulation.now + random() * run.wayMs, go));
          longestWayMs = Math.max(longestWayMs, simulation.now - sentAt);
          let made: LeaseWrite | undefined;
          const outcome = isLost && random() < 0.5 ? undefined : await memory.update(subject, write);
          const counted = write.assignments.find(({ attribute }) => attribute.startsWith(`${budget.cellId}.`));
          if (outcome?.applied && counted) {
            made = {
              container,
              epoch: Number.parseInt(counted.attribute.slice(budget.cellId.length + 1), 36),
              sentAt,
              offset,
              clock: Math.floor(sentAt + offset),
              countedAt: simulation.now,
              requests: Number(counted.add) / token / cost,
              passed: false,
            };
            writes.push(made);
          }
          const delay = random() < run.late ? random() * 3 * budget.epochMs : random() * run.wayMs;
          await until(simulation.now + delay);
          if (isLost || !outcome) throw new StoreError('HG301', 'deadline', 'lost');
          if (made) {
            made.answeredAt = simulation.now;
            current.getStore()!.write = made;
          }
          return outcome;
        },
      },
    });
  });

  let decisions = 0;
  const decide = (container: number) => {
    const refused = random() < run.denied;
    const record: { write?: LeaseWrite } = {};
    const request = [{ ...asked('all', charge(budget, { cost, onStoreFailure: 'deny' })), shared: true }];
    if (refused) {
      const epoch = Math.floor((simulation.now + offsetOf(container)) / 1e9);
      memory.items.set(`client:${decisions}`, { own: epoch, [`own.${epoch.toString(36)}`]: 1 });
      request.push({ ...asked(`client:${decisions}`, charge(denies)), shared: false });
    }
    demand[container]!.push(simulation.now);
    if (refused) denied[container]!++;
    decisions++;
    void current.run(record, async () => {
      const { allowed } = await limiters[container]!.decide(request);
      if (!allowed) return;
      if (record.write) record.write.passed = true;
      else spent.push({ container, at: simulation.now });
    });
  };

  let at = START + random() * budget.windowMs;
  for (let made = 0; made < run.requests; made += run.atOnce) {
    at += -Math.log(1 - random()) * (run.atOnce / (perMs * run.load));
    const pause = made >= run.pauseAfter * run.requests ? 2 * budget.epochMs : 0;
    for (let i = 0; i < run.atOnce; i++) {
      const container = Math.floor(random() * containers);
      simulation.at(thawedAt(container, at + pause), () => decide(container));
    }
  }
  await simulation.run();

  const offsets = Array.from({ length: containers }, (_, i) => run.offsets[i] ?? 0);
  const setBackMs = offsets.map((_, i) =>
    run.setBack.reduce((sum, { container, by }) => sum + (container % containers === i ? by : 0), 0),
  );
  const disagreementMs = Math.max(0, ...offsets) - Math.min(0, ...offsets.map((offset, i) => offset - setBackMs[i]!));
  return { writes, spent, demand, denied, decisions, longestWayMs, disagreementMs };
}
