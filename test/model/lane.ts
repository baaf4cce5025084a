import { AsyncLocalStorage } from 'node:async_hooks';
import type { ConditionalWrite, CounterStore, WriteOutcome } from '../../lambda/limiter/counter-store.ts';
import type { Limiter, LimiterOptions } from '../../lambda/limiter/limiter.ts';
import { reliableStore } from '../../lambda/store/reliable-store.ts';
import { StoreUnavailableError } from '../../lambda/store/store-error.ts';
import { asked, charge } from '../limiter/budgets.ts';
import { seeded } from '../properties/random.ts';
import { VirtualTimers } from '../store/virtual-timers.ts';
import { ItemJudge } from './judge.ts';
import type { LanePlan } from './plans.ts';

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
  /** How far the instances' clocks are off at most, ms. */
  readonly skewMs: number;
  readonly makeLimiter: (options: LimiterOptions) => Pick<Limiter, 'decide'>;
}

/** What one lane saw. */
export interface LaneReport {
  readonly judges: readonly ItemJudge[];
  operations: number;
  allowed: number;
  denied: number;
  /** Denied although the model had room. */
  under: number;
  failures: number;
  lost: number;
  deleted: number;
  writes: number;
}

interface Operation {
  readonly instance: Instance;
  readonly cost: number;
  /** Requests and answers of it that were lost. */
  lost: number;
  /** What its instance's clock said last. */
  clock: number;
  /** By subject whose write was counted: when the epoch ends in which it counts. */
  readonly counted: Map<string, number>;
}

interface Instance {
  offset: number;
  limiter: Pick<Limiter, 'decide'>;
}

/** A write that is under way. */
interface Pending {
  readonly subject: string;
  readonly write: ConditionalWrite;
  readonly operation: Operation;
  readonly clock: number;
  outcome?: WriteOutcome;
  readonly resolve: (outcome: WriteOutcome) => void;
  readonly reject: (error: Error) => void;
}

const INSTANCES = 6;

/**
 * One group of items and the instances that decide on them. Up to four requests are under way at once; which write
 * reaches the store next, which answer its container, which is lost, and how time goes on meanwhile is drawn from the
 * seed alone, so that a run can be repeated whatever the engine's speed.
 */
export async function runLane(options: LaneOptions): Promise<LaneReport> {
  const { plan, store, skewMs } = options;
  const random = seeded(options.seed);
  const judges = plan.subjects.map(
    ([kind, ...budgets], i) => new ItemJudge({ subject: `${kind}:${options.id}-${i}`, budgets }),
  );
  const bySubject = new Map(judges.map((judge) => [judge.plan.subject, judge]));
  const report: LaneReport = {
    judges,
    operations: 0,
    allowed: 0,
    denied: 0,
    under: 0,
    failures: 0,
    lost: 0,
    deleted: 0,
    writes: 0,
  };
  const current = new AsyncLocalStorage<Operation>();
  const pending: Pending[] = [];
  const clocks = new WeakMap<ConditionalWrite, number>();
  let now = 1.8e12 + Math.floor(random() * 1e7);

  const wire: CounterStore = {
    update: (subject, write) =>
      new Promise((resolve, reject) => {
        const operation = current.getStore()!;
        // A write that is sent again is still of the time for which it was made.
        const clock = clocks.get(write) ?? operation.clock;
        clocks.set(write, clock);
        pending.push({ subject, write, operation, clock, resolve, reject });
      }),
  };

  const makeInstance = (): Instance => {
    const instance = { offset: Math.round((random() - 0.5) * 2 * skewMs) } as Instance;
    const timers = new VirtualTimers();
    instance.limiter = options.makeLimiter({
      store: reliableStore(wire, { timers, clock: timers.clock, breakerFailures: Number.POSITIVE_INFINITY }),
      clock: () => {
        const clock = now + instance.offset;
        const operation = current.getStore();
        if (operation) operation.clock = clock;
        return clock;
      },
    });
    return instance;
  };
  const instances = Array.from({ length: INSTANCES }, makeInstance);

  const remove = async (judge: ItemJudge) => {
    await store.delete(judge.plan.subject);
    judge.deleted();
    report.deleted++;
  };

  /** Lets one thing happen that is under way: a write, an answer, or the loss of either. */
  const step = async () => {
    const one = pending[Math.floor(random() * pending.length)]!;
    const leave = () => pending.splice(pending.indexOf(one), 1);
    if (random() < 0.03) {
      report.lost++;
      one.operation.lost++;
      leave();
      one.reject(new StoreUnavailableError(new Error('lost'), true));
    } else if (one.outcome) {
      leave();
      one.resolve(one.outcome);
    } else {
      report.writes++;
      one.outcome = await store.update(one.subject, one.write);
      if (one.outcome.applied && one.write.assignments.length > 0) {
        const judge = bySubject.get(one.subject)!;
        const until = judge.counted(one.clock, one.operation.cost);
        one.operation.counted.set(one.subject, until);
        if (judge.indistinct) await remove(judge);
      }
    }
  };

  const decide = (operation: Operation) =>
    current.run(operation, async () => {
      const roomBefore = judges.map((judge) => judge.hasRoom(now + operation.instance.offset, operation.cost));
      const { limiter } = operation.instance;
      const startedAt = operation.clock;
      const verdict = await limiter.decide(
        judges.map(({ plan: { subject, budgets } }) =>
          asked(subject, ...budgets.map((budget) => charge(budget, { cost: operation.cost, onStoreFailure: 'deny' }))),
        ),
      );
      report.operations++;
      if (!verdict.failure) report[verdict.allowed ? 'allowed' : 'denied']++;
      else {
        report.failures++;
        if (operation.lost === 0) judges[0]!.failed(operation.clock, operation.cost);
      }
      for (const judge of judges) {
        const until = operation.counted.get(judge.plan.subject);
        // What an earlier request left is taken at the start, before anything is waited for.
        if (verdict.allowed) judge.passed(limiter, startedAt, operation.cost, until !== undefined);
        else if (until !== undefined) judge.unused(limiter, until, operation.cost);
      }
      const roomAfter = judges.map((judge) => judge.hasRoom(operation.clock, operation.cost));
      const hadRoom = [...roomBefore, ...roomAfter].every(Boolean);
      if (!verdict.allowed && !verdict.failure && hadRoom) report.under++;
    });

  const { budgets } = judges[0]!.plan;
  const rate = Math.min(...budgets.map((budget) => budget.limit / budget.windowMs));
  const window = Math.min(...budgets.map((budget) => budget.windowMs));
  let load = 1;
  while (report.operations < options.operations) {
    if (random() < 0.05) load = [0.2, 0.8, 1, 1.5, 5, 20][Math.floor(random() * 6)]!;
    now += Math.floor(random() < 0.01 ? random() * 2.5 * window : -Math.log(1 - random()) / (rate * load));
    if (random() < 0.01)
      instances[Math.floor(random() * INSTANCES)]!.offset = Math.round((random() - 0.5) * 2 * skewMs);
    if (random() < 0.02) instances[Math.floor(random() * INSTANCES)] = makeInstance();
    let open = 0;
    for (let i = Math.floor(random() ** 2 * 4); i >= 0; i--) {
      // Use is uneven, so that some beliefs go stale.
      const instance = instances[Math.floor(random() ** 2 * INSTANCES)]!;
      const cost = random() < 0.1 ? 1 + Math.floor(random() * 4) : 1;
      open++;
      decide({ instance, cost, lost: 0, clock: now + instance.offset, counted: new Map() }).finally(() => open--);
    }
    for (;;) {
      await new Promise(setImmediate);
      if (open === 0) break;
      if (random() < 0.2) now += Math.floor(random() * Math.min(1000, window / 10));
      if (random() < 0.03) {
        const judge = judges[Math.floor(random() * judges.length)]!;
        await remove(judge);
      }
      await step();
    }
  }
  return report;
}
