import { AsyncLocalStorage } from 'node:async_hooks';
import type { CounterStore } from '../../lambda/limiter/counter-store.ts';
import type { LimiterOptions } from '../../lambda/limiter/limiter.ts';
import type { Verdict } from '../../lambda/limiter/verdict.ts';
import type { Budget } from '../../lambda/policy/policy.ts';
import { reliableStore } from '../../lambda/store/reliable-store.ts';
import { asked, charge } from '../limiter/budgets.ts';
import { seeded } from '../properties/random.ts';
import { VirtualTimers } from '../store/virtual-timers.ts';
import { ItemJudge, type Violation } from './judge.ts';
import type { Decides, Instance, Operation } from './operation.ts';
import type { LanePlan } from './plans.ts';
import { Wire } from './wire.ts';

/** A store whose items can be deleted under the limiter. */
export interface DeletableStore extends CounterStore {
  delete(subject: string): Promise<void>;
}

export interface LaneOptions {
  readonly plan: LanePlan;
  /** Names the lane's items. */
  readonly id: string;
  readonly operations: number;
  readonly seed: number;
  readonly store: DeletableStore;
  /**
   * How far the instances' clocks are off at most, ms; two fifths of the shortest window where that is less. Further apart,
   * one could count in a window that another takes for past, and nothing is promised.
   */
  readonly skewMs: number;
  readonly makeLimiter: (options: LimiterOptions) => Decides;
  /** Ends the lane early. */
  readonly enough: (judges: readonly ItemJudge[]) => boolean;
}

/** How often what happened. */
export interface Counts {
  operations: number;
  allowed: number;
  denied: number;
  /** Denied although the model had room: while items were deleted, later with right clocks, later with wrong ones. */
  underDeleting: number;
  underRight: number;
  underWrong: number;
  /** Requests of all subjects that were counted and did not pass. */
  unused: number;
  /** Requests that were given back. */
  refunds: number;
  /** Requests of shared subjects that passed without a write of their own. */
  leased: number;
  failures: number;
  lost: number;
  deleted: number;
  writes: number;
}

/** What one lane saw. */
export interface LaneReport extends Counts {
  readonly violations: readonly Violation[];
}

const INSTANCES = 6;
const shortestOf = (budgets: readonly Budget[]) => Math.min(...budgets.map(({ windowMs }) => windowMs));

/**
 * One group of items and the instances that decide on them. Several requests are under way at once; what happens next,
 * what is lost, and how time goes on meanwhile is drawn from the seed alone, so that a run can be repeated.
 */
export async function runLane(options: LaneOptions): Promise<LaneReport> {
  const { plan, store } = options;
  const random = seeded(options.seed);
  const pick = (n: number) => Math.floor(random() * n);
  const judges = plan.subjects.map(([kind, ...budgets], i) => {
    const shared = kind === 'all' || kind === 'route';
    const refundable = kind === 'login';
    return new ItemJudge({ subject: `${kind}:${options.id}-${i}`, budgets, shared, refundable });
  });
  const budgets = judges.flatMap((judge) => judge.plan.budgets);
  const skewMs = Math.min(
    options.skewMs,
    0.4 * shortestOf(budgets.filter(({ algorithm }) => !/bucket/.test(algorithm))),
  );
  const counts = {
    operations: 0,
    allowed: 0,
    denied: 0,
    underDeleting: 0,
    underRight: 0,
    underWrong: 0,
    leased: 0,
    failures: 0,
    deleted: 0,
  };
  const current = new AsyncLocalStorage<Operation>();
  const wire = new Wire({
    random,
    store,
    judges: new Map(judges.map((judge) => [judge.plan.subject, judge])),
    current: () => current.getStore()!,
    now: () => now,
  });
  let now = 1.8e12 + pick(1e7);
  let deleting = true;
  const underKind = () => (deleting ? 'underDeleting' : skewMs > 0 ? 'underWrong' : 'underRight');

  const anyOffset = () => Math.round((random() - 0.5) * 2 * skewMs);
  const makeInstance = (): Instance => {
    const instance = { offset: anyOffset() } as Instance;
    const timers = new VirtualTimers();
    // Half of them only have the clock that is set.
    const monotonic = random() < 0.5 && { monotonic: () => now };
    instance.limiter = options.makeLimiter({
      store: reliableStore(wire, { timers, clock: timers.clock, breakerFailures: Number.POSITIVE_INFINITY }),
      clock: () => {
        const clock = now + instance.offset;
        const operation = current.getStore();
        if (!operation) return clock;
        operation.clock = clock;
        operation.at = now;
        operation.earliest.clock = Math.min(clock, operation.earliest.clock);
        return clock;
      },
      ...monotonic,
    });
    return instance;
  };
  const instances = Array.from({ length: INSTANCES }, makeInstance);

  const remove = async (judge: ItemJudge) => {
    await store.delete(judge.plan.subject);
    judge.deleted();
    counts.deleted++;
  };

  const answered: { operation: Operation; verdict: Verdict }[] = [];
  const decide = (operation: Operation) =>
    current.run(operation, async () => {
      const { cost, instance } = operation;
      const roomBefore = judges.map((judge) => judge.hasRoom(now + instance.offset, cost));
      const verdict = await operation.limiter.decide(
        judges.map(({ plan: { subject, budgets, shared, refundable } }) => ({
          ...asked(subject, ...budgets.map((budget) => charge(budget, { cost, onStoreFailure: 'deny' }))),
          shared,
          refundable,
        })),
      );
      answered.push({ operation, verdict });
      counts.operations++;
      if (!verdict.failure) counts[verdict.allowed ? 'allowed' : 'denied']++;
      else {
        counts.failures++;
        if (operation.lost === 0) judges[0]!.failed(operation.clock, cost);
      }
      const roomAfter = judges.map((judge) => judge.hasRoom(operation.clock, cost));
      const hadRoom = [...roomBefore, ...roomAfter].every(Boolean);
      // "Full" is believed for a second where others may have given back.
      const believed = judges.some(({ refundedAt }) => now - refundedAt < 1000);
      if (!verdict.allowed && !verdict.failure && hadRoom && !believed) counts[underKind()]++;
      if (verdict.allowed && refundable && random() < 0.6) {
        const due = now + Math.floor(random() < 0.2 ? random() * 2.5 * window : random() ** 2 * 0.1 * window);
        owed.push({ operation, verdict, due });
        // By mistake.
        if (random() < 0.1) owed.push({ operation, verdict, due: due + Math.floor(random() * 100) });
      }
    });

  const refundable = judges.some(({ plan }) => plan.refundable);
  /** What turns out not to count, once its handler is done. */
  let owed: { operation: Operation; verdict: Verdict; due: number }[] = [];
  const giveBack = (of: Operation, verdict: Verdict) => {
    const clock = now + of.instance.offset;
    const { instance, limiter, cost, receipts } = of;
    const operation: Operation = {
      ...{ instance, limiter, cost, receipts, refund: true, lost: 0, clock, at: now, earliest: { clock, at: now } },
    };
    return current.run(operation, async () => {
      const given = await operation.limiter.refund(verdict);
      // Sent once, whatever becomes of it.
      if (given !== verdict)
        judges.find(({ plan }) => plan.refundable)!.refundWrote(given.writes - verdict.writes, operation.clock);
    });
  };

  /** First what was left, then who may have used it: they come in the same moment. */
  const settle = () => {
    for (const { operation, verdict } of answered) {
      for (const judge of verdict.allowed ? [] : judges) {
        const receipt = operation.receipts.get(judge.plan.subject);
        if (receipt && !judge.plan.refundable) judge.unused(operation.limiter, receipt, 1);
      }
    }
    for (const { operation, verdict } of answered.splice(0)) {
      // Of several subjects one may have had to ask again long after another was paid.
      const { clock, at } = judges.length === 1 ? operation : operation.earliest;
      for (const judge of verdict.allowed ? judges : []) {
        const { subject, shared } = judge.plan;
        const receipt = operation.receipts.get(subject);
        const statuses = verdict.limits.filter((limit) => limit.subject === subject);
        judge.passed({ owner: operation.limiter, clock, at, cost: operation.cost, statuses, receipt });
        if (shared && !receipt) counts.leased++;
      }
    }
  };

  const rate = Math.min(...judges[0]!.plan.budgets.map((budget) => budget.limit / budget.windowMs));
  const window = shortestOf(judges[0]!.plan.budgets);
  const deletions = Math.min(0.1, 0.3 / Math.min(...budgets.map(({ burst, limit }) => burst ?? limit)));
  const renew = (i: number) => {
    for (const judge of judges) judge.gone(instances[i]!.limiter);
    // With a container goes what it owes; at times it still has the time to give it back.
    if (refundable && random() < 0.5)
      owed = owed.filter(({ operation }) => operation.limiter !== instances[i]!.limiter);
    instances[i] = makeInstance();
  };
  let load = 1;
  while (counts.operations < options.operations && !options.enough(judges)) {
    if (random() < 0.05) load = [0.2, 0.8, 1, 1.5, 5, 20][pick(6)]!;
    now += Math.floor(random() < 0.01 ? random() * 2.5 * window : -Math.log(1 - random()) / (rate * load));
    if (random() < 0.01) instances[pick(INSTANCES)]!.offset = anyOffset();
    if (random() < 0.02) renew(pick(INSTANCES));
    if (deleting && counts.operations >= options.operations / 2) {
      // Whoever remembers a deleted item is stricter until it has seen the next: so the second half is without.
      deleting = false;
      for (let i = 0; i < INSTANCES; i++) renew(i);
    }
    let open = 0;
    for (let i = Math.floor(random() ** 2 * (plan.atOnce ?? 4)); i >= 0; i--) {
      // Use is uneven, so that some beliefs go stale.
      const instance = instances[Math.floor(random() ** 2 * INSTANCES)]!;
      const cost = random() < 0.1 ? 1 + pick(4) : 1;
      const clock = now + instance.offset;
      open++;
      decide({
        instance,
        limiter: instance.limiter,
        cost,
        refund: false,
        lost: 0,
        clock,
        at: now,
        earliest: { clock, at: now },
        receipts: new Map(),
      }).finally(() => open--);
    }
    const due = owed.filter((one) => one.due <= now);
    owed = owed.filter((one) => one.due > now);
    for (const { operation, verdict } of due) {
      open++;
      giveBack(operation, verdict).finally(() => open--);
    }
    for (;;) {
      await new Promise(setImmediate);
      settle();
      if (open === 0) break;
      if (random() < 0.2) now += Math.floor(random() * Math.min(1000, window / 10, 3 / rate));
      if (deleting && random() < deletions) await remove(judges[pick(judges.length)]!);
      const indistinct = await wire.step();
      if (indistinct) await remove(indistinct);
    }
  }
  for (const judge of judges) judge.ended(skewMs);
  const sum = (of: (judge: ItemJudge) => number) => judges.reduce((total, judge) => total + of(judge), 0);
  return {
    ...counts,
    unused: sum(({ counts, passes }) => counts - passes),
    refunds: sum(({ refunds }) => refunds),
    lost: wire.lost,
    writes: wire.writes,
    violations: judges.flatMap(({ violations }) => violations),
  };
}
