import type { ConditionalWrite, CounterStore, WriteOutcome } from '../../lambda/limiter/counter-store.ts';
import type { Budget } from '../../lambda/policy/policy.ts';
import { StoreUnavailableError } from '../../lambda/store/store-error.ts';
import type { ItemJudge, Receipt } from './judge.ts';
import type { Operation } from './operation.ts';

/** A write that is under way. */
interface Pending {
  readonly subject: string;
  readonly write: ConditionalWrite;
  readonly operation: Operation;
  readonly clock: number;
  /** The true time. */
  readonly at: number;
  outcome?: WriteOutcome;
  receipt?: Receipt;
  readonly resolve: (outcome: WriteOutcome) => void;
  readonly reject: (error: Error) => void;
}

export interface WireOptions {
  readonly random: () => number;
  readonly store: CounterStore;
  readonly judges: ReadonlyMap<string, ItemJudge>;
  /** The request in whose name something is asked now. */
  readonly current: () => Operation;
  /** The true time. */
  readonly now: () => number;
}

/**
 * The way to the store and back. Nothing moves on it but by `step`: which write reaches the store next, which answer its
 * container, and which of either is lost is drawn from the seed alone, whatever the engine's speed.
 */
export class Wire implements CounterStore {
  writes = 0;
  lost = 0;
  /** Writes that give back. */
  refundWrites = 0;
  readonly #options: WireOptions;
  readonly #pending: Pending[] = [];
  readonly #made = new WeakMap<ConditionalWrite, { clock: number; at: number }>();

  constructor(options: WireOptions) {
    this.#options = options;
  }

  update(subject: string, write: ConditionalWrite): Promise<WriteOutcome> {
    return new Promise((resolve, reject) => {
      const operation = this.#options.current();
      // A write that is sent again is still of the time for which it was made.
      const made = this.#made.get(write) ?? { clock: operation.clock, at: operation.at };
      this.#made.set(write, made);
      this.#pending.push({ subject, write, operation, ...made, resolve, reject });
    });
  }

  /**
   * Lets one thing happen that is under way: a write, an answer, or the loss of either.
   *
   * @returns the item that has to be deleted at once, where the limiter cannot tell it from one before
   */
  async step(): Promise<ItemJudge | undefined> {
    const { random, store, judges, now } = this.#options;
    const one = this.#pending[Math.floor(random() * this.#pending.length)]!;
    const { subject, write, operation } = one;
    const judge = judges.get(subject)!;
    const leave = () => this.#pending.splice(this.#pending.indexOf(one), 1);
    if (random() < 0.03) {
      this.lost++;
      operation.lost++;
      leave();
      one.reject(new StoreUnavailableError(new Error('lost'), true));
    } else if (one.outcome) {
      leave();
      if (one.receipt) {
        operation.receipts.set(subject, one.receipt);
        judge.unused(operation.limiter, one.receipt, one.receipt.requests - 1);
      }
      one.resolve(one.outcome);
    } else {
      this.writes++;
      one.outcome = await store.update(subject, write);
      judge.holds(one.outcome.item, one.clock);
      const taken = judge.plan.budgets.map((budget) => unitsOf(write, budget));
      if (taken.some((units) => units < 0)) {
        this.refundWrites++;
        const receipt = operation.receipts.get(subject);
        const given = taken.map((units) => (Number.isNaN(units) ? 0 : units));
        if (one.outcome.applied) judge.refunded(receipt, one.clock, now(), given);
        else judge.notRefunded(receipt, one.clock, given);
      } else if (one.outcome.applied && write.assignments.length > 0) {
        one.receipt = judge.counted(one.clock, one.at, operation.cost, taken);
        if (judge.indistinct) return judge;
      }
    }
    return undefined;
  }
}

/** How much a write takes of a limit: the one thing that is read from it, since a lease may be of any size. */
function unitsOf({ assignments }: ConditionalWrite, { cellId, algorithm, windowMs, limit }: Budget): number {
  const add = assignments.find(({ attribute }) => attribute.startsWith(`${cellId}.`))?.add;
  if (typeof add !== 'number') return Number.NaN;
  const inTime = algorithm === 'token-bucket' || algorithm === 'leaky-bucket';
  return inTime ? Math.round(add / ((windowMs * 1000) / limit)) : add;
}
