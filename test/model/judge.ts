import type { Budget } from '../../lambda/policy/policy.ts';
import { type LimitModel, limitModel } from './model.ts';

/** The limits of one item, and what every request that meets it takes of each. */
export interface ItemPlan {
  readonly subject: string;
  readonly budgets: readonly Budget[];
}

/** Something that must not be. */
export interface Violation {
  readonly kind: 'counted without room' | 'passed without being counted' | 'failed although the store answered';
  readonly subject: string;
  readonly clock: number;
  readonly cost: number;
}

interface Credit {
  readonly owner: unknown;
  readonly cost: number;
  readonly until: number;
}

/** Holds one item of the store against the model: what is counted must have room, what passes must have been counted. */
export class ItemJudge {
  readonly plan: ItemPlan;
  readonly violations: Violation[] = [];
  #models: LimitModel[];
  /** For each limit, when the newest epoch ends in which anything was counted, in a deleted item too. */
  #ends: number[] = [];
  /** The instants at which its lives began. */
  readonly #births = new Set<number>();
  #unborn = true;
  /** Whether this life began in the same millisecond as one before: that alone the limiter cannot tell apart. */
  indistinct = false;
  readonly #credits: Credit[] = [];

  constructor(plan: ItemPlan) {
    this.plan = plan;
    this.#models = plan.budgets.map(limitModel);
  }

  hasRoom(clock: number, cost: number): boolean {
    return this.#models.every((model) => model.hasRoom(clock, cost));
  }

  /**
   * A write that takes `cost` of every limit has happened in the store.
   *
   * @returns when the first of the epochs ends in which it counts
   */
  counted(clock: number, cost: number): number {
    if (this.#unborn) this.indistinct = this.#births.has(clock);
    this.#unborn = false;
    this.#births.add(clock);
    if (!this.hasRoom(clock, cost)) this.#violated('counted without room', clock, cost);
    // Whoever remembers a deleted item goes on in its newest epoch, which may be later than its clock says.
    this.#ends = this.#models.map((model, i) => Math.max(model.count(clock, cost), this.#ends[i] ?? 0));
    return Math.min(...this.#ends);
  }

  /** A request passed. It has to be paid: by its own write, or by what the same container took before and did not use. */
  passed(owner: unknown, clock: number, cost: number, ownWrite: boolean): void {
    if (ownWrite) return;
    const at = this.#credits.findIndex((one) => one.owner === owner && one.cost === cost && one.until > clock);
    if (at < 0) this.#violated('passed without being counted', clock, cost);
    else this.#credits.splice(at, 1);
  }

  /** A request was counted and did not pass: its units may be used once, as long as they count where they were. */
  unused(owner: unknown, until: number, cost: number): void {
    this.#credits.push({ owner, cost, until });
  }

  /** The store could not be asked, the limiter says, though no request or answer of this one was lost. */
  failed(clock: number, cost: number): void {
    this.#violated('failed although the store answered', clock, cost);
  }

  /** The item is gone, and the counts with it. */
  deleted(): void {
    this.#unborn = true;
    this.indistinct = false;
    this.#models = this.plan.budgets.map(limitModel);
  }

  #violated(kind: Violation['kind'], clock: number, cost: number): void {
    this.violations.push({ kind, subject: this.plan.subject, clock, cost });
  }
}
