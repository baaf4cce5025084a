import type { LimitStatus } from '../../lambda/limiter/verdict.ts';
import type { Budget } from '../../lambda/policy/policy.ts';
import { type Counted, type LimitModel, limitModel } from './model.ts';
import { isKept, type Pass } from './promise.ts';

/** The limits of one item, and what every request that meets it takes of each. */
export interface ItemPlan {
  readonly subject: string;
  readonly budgets: readonly Budget[];
  /** Its units may be taken ahead, for several requests at once. */
  readonly shared: boolean;
  /** What a request took of it may be given back. */
  readonly refundable: boolean;
}

/** Something that must not be. */
export interface Violation {
  readonly kind:
    | 'counted without room'
    | 'counted its limits unevenly'
    | 'passed without being counted'
    | 'did not wait for its turn'
    | 'waited longer than for its turn'
    | 'more passed than was promised'
    | 'failed although the store answered'
    | 'gave back what nobody took'
    | 'gave back to another life of the item'
    | 'gave back twice'
    | 'gave back another cost than was taken'
    | 'did not give back what is still counted'
    | 'wrote more than once to give back'
    | 'a count below zero';
  readonly subject: string;
  readonly clock: number;
  readonly cost: number;
}

/** A write that was counted. */
export interface Receipt {
  readonly life: Life;
  /** The true time for which it was made. */
  readonly at: number;
  readonly cost: number;
  /** For how many requests it pays. */
  readonly requests: number;
  /** When the first of the epochs ends in which it counts. */
  readonly until: number;
  /** For each limit. */
  readonly counted: readonly Counted[];
  /** For each limit, that its units were given back. */
  readonly back: boolean[];
  /** For each limit, the pass that it pays for. */
  passes?: readonly Pass[];
}

/** From an item's birth to its end: what passed, for each limit. */
type Life = readonly Pass[][];

interface Credit {
  readonly owner: unknown;
  readonly life: Life;
  readonly cost: number;
  readonly until: number;
}

/** A request that passed. */
export interface Passing {
  /** The container. */
  readonly owner: unknown;
  /** When it looked for something that is paid already, on its own clock, and by the true time. */
  readonly clock: number;
  readonly at: number;
  readonly cost: number;
  readonly statuses: readonly LimitStatus[];
  /** Its own write, where it had to make one. */
  readonly receipt: Receipt | undefined;
}

/**
 * Holds one item of the store against the model: what is counted must have room, what passes must have been counted, and
 * by the true time no more passes than was promised.
 */
export class ItemJudge {
  readonly plan: ItemPlan;
  readonly violations: Violation[] = [];
  /** Requests that were counted, and that passed. */
  counts = 0;
  passes = 0;
  /** Requests of which something was given back, and when last, by the true time. */
  refunds = 0;
  refundedAt = Number.NEGATIVE_INFINITY;
  #models: readonly LimitModel[];
  /** For each limit, when the newest epoch ends in which anything was counted, in a deleted item too. */
  #ends: number[] = [];
  /** For each limit, when the newest epoch of all deleted items begins. */
  #forgotten: number[];
  /** The instants at which its lives began. */
  readonly #births = new Set<number>();
  #life: Life;
  readonly #lives: Life[] = [];
  #unborn = true;
  /** Whether this life began in the same millisecond as one before: that alone the limiter cannot tell apart. */
  indistinct = false;
  #credits: Credit[] = [];

  constructor(plan: ItemPlan) {
    this.plan = plan;
    this.#models = plan.budgets.map((budget) => limitModel(budget));
    this.#forgotten = plan.budgets.map(() => Number.NEGATIVE_INFINITY);
    this.#life = this.#newLife();
  }

  hasRoom(clock: number, cost: number): boolean {
    return this.#models.every((model) => model.hasRoom(clock, cost));
  }

  /**
   * A write has happened in the store that was made at `clock` by its container's clock and `at` by the true time.
   *
   * @param taken for each limit, how many units it took
   */
  counted(clock: number, at: number, cost: number, taken: readonly number[]): Receipt {
    if (this.#unborn) this.indistinct = this.#births.has(clock);
    this.#unborn = false;
    this.#births.add(clock);
    const requests = taken[0]! / cost;
    const most = this.plan.shared ? Number.POSITIVE_INFINITY : 1;
    if (!Number.isInteger(requests) || requests < 1 || requests > most || taken.some((units) => units !== taken[0])) {
      this.#violated('counted its limits unevenly', clock, cost);
    }
    if (!this.hasRoom(clock, taken[0]!)) this.#violated('counted without room', clock, cost);
    const counted = this.#models.map((model, i) => model.count(clock, taken[i]!));
    // Whoever remembers a deleted item goes on in its newest epoch, which may be later than its clock says.
    this.#ends = counted.map(({ until }, i) => Math.max(until, this.#ends[i] ?? Number.NEGATIVE_INFINITY));
    this.counts += requests;
    const back = counted.map(() => false);
    return { life: this.#life, at, cost, requests, until: Math.min(...this.#ends), counted, back };
  }

  /**
   * A write has happened in the store that lowers counts. All that a refund may do: take what one request took, of this life
   * of the item, out of what is counted, once. What was taken and is not given back stays counted.
   *
   * @param receipt of the request that it is for
   * @param taken for each limit, how many units the write takes: below zero, or none
   * @param at the true time
   */
  refunded(receipt: Receipt | undefined, clock: number, at: number, taken: readonly number[]): void {
    this.refundedAt = at;
    if (!receipt || !this.plan.refundable) {
      this.#violated('gave back what nobody took', clock, 0);
      return;
    }
    const { cost, counted, back, life } = receipt;
    if (life !== this.#life) {
      this.#violated('gave back to another life of the item', clock, cost);
      return;
    }
    this.refunds++;
    for (const [i, units] of taken.entries()) {
      if (units === 0) continue;
      if (units !== -cost) this.#violated('gave back another cost than was taken', clock, cost);
      if (back[i]) this.#violated('gave back twice', clock, cost);
      back[i] = true;
      counted[i]!.entry!.units = 0;
      const pass = receipt.passes?.[i];
      if (pass) pass.back = true;
    }
  }

  /** A write that would have lowered counts has met an item where it may not. */
  notRefunded(receipt: Receipt | undefined, clock: number, taken: readonly number[]): void {
    if (!receipt || receipt.life !== this.#life || this.#unborn) return;
    const all = taken.every((units, i) => units === 0 || (!receipt.back[i] && receipt.counted[i]!.counts?.()));
    if (all) this.#violated('did not give back what is still counted', clock, receipt.cost);
  }

  /** All counts are counts. */
  holds(item: Readonly<Record<string, number>> | undefined, clock: number): void {
    if (Object.values(item ?? {}).some((value) => value < 0)) this.#violated('a count below zero', clock, 0);
  }

  /**
   * The refund of one request is over. One write, and another one only where it was told that some of its limits do not count
   * the request any more.
   */
  refundWrote(writes: number, clock: number): void {
    if (writes > Math.min(2, this.plan.budgets.length)) this.#violated('wrote more than once to give back', clock, 0);
  }

  /** `requests` of a write's are paid for and not used: `owner` may use them, as long as they count where they were. */
  unused(owner: unknown, { life, cost, until }: Receipt, requests: number): void {
    for (let i = 0; i < requests; i++) this.#credits.push({ owner, life, cost, until });
  }

  /** A request passed. It has to be paid: by its own write, or by what the same container took before and did not use. */
  passed({ owner, clock, at, cost, statuses, receipt }: Passing): void {
    this.passes++;
    if (receipt) {
      receipt.passes = this.#passesIn(receipt.life, receipt.at, cost, statuses);
      for (const [i, { waitMs, exact }] of receipt.counted.entries()) {
        const waited = statuses[i]!.waitMs ?? 0;
        if (waited < waitMs) this.#violated('did not wait for its turn', clock, cost);
        if (waited > waitMs && exact) this.#violated('waited longer than for its turn', clock, cost);
      }
      return;
    }
    const paid = this.#credits.findIndex((one) => one.owner === owner && one.cost === cost && one.until > clock);
    if (paid < 0) {
      this.#violated('passed without being counted', clock, cost);
      this.#passesIn(this.#life, at, cost, statuses);
      return;
    }
    const [credit] = this.#credits.splice(paid, 1);
    this.#passesIn(credit!.life, at, cost, statuses);
  }

  /** The store could not be asked, the limiter says, though no request or answer of this one was lost. */
  failed(clock: number, cost: number): void {
    this.#violated('failed although the store answered', clock, cost);
  }

  /** The item is gone, and the counts with it. */
  deleted(): void {
    this.#unborn = true;
    this.indistinct = false;
    this.#forgotten = this.#models.map(({ newest }, i) => Math.max(newest, this.#forgotten[i]!));
    this.#models = this.plan.budgets.map((budget, i) => limitModel(budget, this.#forgotten[i]));
    this.#life = this.#newLife();
  }

  /** A container is gone, and what it had not used. */
  gone(owner: unknown): void {
    this.#credits = this.#credits.filter((one) => one.owner !== owner);
  }

  /** All requests have been answered. */
  ended(skewMs: number): void {
    for (const life of this.#lives) {
      for (const [i, budget] of this.plan.budgets.entries()) {
        const passes = life[i]!;
        if (!isKept(budget, passes, skewMs)) this.#violated('more passed than was promised', passes[0]!.at, 0);
      }
    }
  }

  #passesIn(life: Life, at: number, units: number, statuses: readonly LimitStatus[]): readonly Pass[] {
    return life.map((passes, i) => {
      const pass: Pass = { at: at + (statuses[i]?.waitMs ?? 0), units };
      passes.push(pass);
      return pass;
    });
  }

  #newLife(): Life {
    const life = this.plan.budgets.map(() => []);
    this.#lives.push(life);
    return life;
  }

  #violated(kind: Violation['kind'], clock: number, cost: number): void {
    this.violations.push({ kind, subject: this.plan.subject, clock, cost });
  }
}
