import { HeadgateError } from '../errors/headgate-error.ts';
import type { Algorithm } from '../policy/policy.ts';
import { Belief } from './belief.ts';
import { BoundedMap } from './bounded-map.ts';
import { cellOf } from './cells/cell-of.ts';
import type { CounterStore } from './counter-store.ts';
import type { Credit } from './credits.ts';
import { Elapsed } from './elapsed.ts';
import { leaseSize } from './lease-size.ts';
import type { Flight } from './leases.ts';
import { type Ask, type Plan, planOf } from './plan.ts';
import { giveBack } from './refund.ts';
import { type Part, statusesByBelief, statusOf, verdictOf } from './status.ts';
import type { StoreError } from './store-error.ts';
import { failedAlike, type Taking, type Tools, take } from './take.ts';
import type { SubjectCharges, Verdict } from './verdict.ts';

export interface LimiterOptions {
  readonly store: CounterStore;
  /** Milliseconds since the epoch. */
  readonly clock: () => number;
  /**
   * Milliseconds that never go back, from any origin: `() => performance.now()`. With it a lease ends in time although the
   * clock was set back.
   *
   * @default none: it then ends late by as much of such a step as nobody saw, at most the time between two requests
   */
  readonly monotonic?: () => number;
  /**
   * How many subjects are remembered; the one that was not asked for the longest gives way, which is harmless.
   *
   * @default 10,000
   */
  readonly maxSubjects?: number;
  /** Told of every failure of the store that `decide` answers by `onStoreFailure`. */
  readonly onStoreError?: (error: StoreError) => void;
  /** Told of every write that has taken units of a shared subject ahead. @param ahead for how many further requests */
  readonly onLease?: (ahead: number) => void;
}

/**
 * Decides over all the limits that one request meets. One instance for each container: it remembers what it last saw.
 *
 * All limits of one subject change in one conditional write, all of them or none. Several subjects are written in
 * parallel; if one denies, what the others took stays here as a credit for their next request. Shared subjects are taken
 * ahead, as a lease of several requests, so that the usual decision is one write: the caller's own.
 */
export class Limiter {
  readonly #store: CounterStore;
  readonly #clock: () => number;
  readonly #elapsed: Elapsed;
  readonly #onStoreError: ((error: StoreError) => void) | undefined;
  readonly #onLease: ((ahead: number) => void) | undefined;
  readonly #beliefs: BoundedMap<Belief>;
  /** What a refundable or held verdict rests on, for as long as somebody holds the verdict. */
  readonly #receipts = new WeakMap<Verdict, Receipt>();
  /** The longest that any cell seen so far is needed: all items are kept so long, see `writeOf`. */
  #keepMs = 0;
  #decisions = 0;

  constructor(options: LimiterOptions) {
    this.#store = options.store;
    this.#clock = () => Math.floor(options.clock());
    this.#elapsed = new Elapsed(options.monotonic);
    this.#onStoreError = options.onStoreError;
    this.#onLease = options.onLease;
    this.#beliefs = new BoundedMap(options.maxSubjects ?? 10_000);
  }

  /**
   * Counts one request and says whether it passes.
   *
   * @param subjects one entry for each subject; statuses come back in this order
   * @param held it is not certain that the request goes on: `release` makes a credit of what it has taken
   * @returns the verdict. A store that cannot be asked is part of it (`failure`), not an error.
   * @throws ChargeError for a cost that is not a whole number from 1
   * @throws BudgetError for a budget that cannot be counted
   * @throws RefundError where units of a refundable subject cannot be given back
   */
  async decide(subjects: readonly SubjectCharges[], held = false): Promise<Verdict> {
    const asks = this.#asks(subjects, true);
    const begun = this.#elapsed.at(this.#clock());
    for (const ask of asks) if (ask.shared) ask.belief.leases.of(signatureOf(ask)).arrived(begun);
    const byBelief = this.#denied(asks);
    if (byBelief) {
      for (const [i, part] of byBelief.parts.entries()) if (part.allowed) withdraw(asks[i]!);
      return verdictOf(byBelief.parts);
    }

    const { open, tools } = this.#tools();
    const decision = this.#decisions++;
    const takings = await Promise.all(
      asks.map(
        (ask) => this.#redeem(ask) ?? (ask.shared ? this.#takeShared(ask, tools, open, decision) : take(ask, tools)),
      ),
    );
    const verdict = verdictOf(takings);
    if (verdict.allowed) {
      if (held || asks.some((ask) => ask.refundable)) this.#receipts.set(verdict, { asks, takings });
      return verdict;
    }
    for (const [i, taking] of takings.entries()) {
      this.#keepAsCredit(asks[i]!, taking);
      if (taking.allowed) withdraw(asks[i]!);
    }
    return asks.some((ask) => ask.refundable) ? verdictOf(await refunded(asks, takings, tools)) : verdict;
  }

  /**
   * Gives back what a request has taken of refundable subjects, because it has turned out not to count. Once: a second
   * call does nothing. What the store does not take stays counted.
   *
   * @param verdict as `decide` returned it
   * @returns how the limits stand now
   */
  async refund(verdict: Verdict): Promise<Verdict> {
    const receipt = this.#receipts.get(verdict);
    if (!receipt) return verdict;
    this.#receipts.delete(verdict);
    return verdictOf(await refunded(receipt.asks, receipt.takings, this.#tools().tools));
  }

  /**
   * Keeps what a held decision has taken, which something else has turned away since, for the next request of its make.
   *
   * @param verdict as `decide` returned it
   */
  release(verdict: Verdict): void {
    const receipt = this.#receipts.get(verdict);
    if (!receipt) return;
    this.#receipts.delete(verdict);
    for (const [i, taking] of receipt.takings.entries()) this.#keepAsCredit(receipt.asks[i]!, taking);
  }

  /**
   * Forgets what was seen of a subject, and what was taken for it and not used: its item was deleted. Requests under way go
   * on with what they know.
   */
  forget(subject: string): void {
    this.#beliefs.delete(subject);
  }

  /**
   * The verdict where an enforced limit is known to have no room, without asking the store and without counting
   * anything; undefined where that is not certain.
   */
  deniedByBelief(subjects: readonly SubjectCharges[]): Verdict | undefined {
    const denied = this.#denied(this.#asks(subjects, false));
    return denied && verdictOf(denied.parts);
  }

  /**
   * Takes for this request and ahead for the next ones, or waits for a write that already does: of several requests at
   * once the first pays for all. If its write fails, the next one sends for all, and so on; who has seen `MOST_FLIGHTS` fail
   * takes that for its own answer.
   */
  async #takeShared(ask: Ask, tools: Tools, open: () => unknown, decision: number): Promise<Taking> {
    const charges = signatureOf(ask);
    const make = ask.belief.leases.of(charges);
    let failed = 0;
    for (let boarded = make.board(decision); boarded; boarded = make.board(decision)) {
      // The deadline counts from here, not from a write of its own that may become necessary.
      open();
      const failure = await boarded.landed;
      const paid = this.#redeem(ask);
      if (paid) return paid;
      if (failure && ++failed === MOST_FLIGHTS) return failedAlike(ask, tools, failure);
    }
    let flight: Flight | undefined;
    let failure: StoreError | undefined;
    let land: (failure?: StoreError) => void = () => {};
    const landed = new Promise<StoreError | undefined>((resolve) => {
      land = resolve;
    });
    const end = () => {
      if (flight) make.arrive(flight);
      flight = undefined;
    };
    const aheadOf = (plan: Plan, begun: number): number => {
      end();
      const ahead = leaseSize(make, ask, plan, begun, ask.belief.credits.count(charges, begun));
      if (ahead > 0) {
        flight = { spare: ahead, decision, landed };
        make.depart(flight);
      }
      return ahead;
    };
    try {
      const onStoreError = (error: StoreError) => {
        failure = error;
        tools.onStoreError?.(error);
      };
      const taking = await take(ask, { ...tools, onStoreError }, aheadOf);
      const { taken, until, ahead = 0 } = taking;
      if (ahead > 0 && taken && until !== undefined) {
        ask.belief.credits.add({ charges, taken, until }, ahead);
        this.#onLease?.(ahead);
      }
      return taking;
    } finally {
      end();
      land(failure);
    }
  }

  #tools(): { readonly open: () => unknown; readonly tools: Tools } {
    let decision: Pick<CounterStore, 'update'> | undefined;
    const open = () => {
      decision ??= this.#store.forDecision?.() ?? this.#store;
      return decision;
    };
    const tools: Tools = {
      store: { update: (...write) => open().update(...write) },
      clock: this.#clock,
      elapsed: this.#elapsed,
      keepMs: this.#keepMs,
      onStoreError: this.#onStoreError,
    };
    return { open, tools };
  }

  #asks(subjects: readonly SubjectCharges[], remember: boolean): Ask[] {
    return subjects.map(({ subject, charges, shared = false, refundable = false }) => {
      let belief = this.#beliefs.get(subject);
      if (!belief) {
        belief = new Belief();
        if (remember) this.#beliefs.set(subject, belief);
      }
      const cells = charges.map(({ name, budget, cost }) => {
        if (!Number.isSafeInteger(cost) || cost < 1) throw new ChargeError(name, cost);
        const cell = cellOf(budget);
        if (refundable && !cell.counted) throw new RefundError(name, budget.algorithm);
        return cell;
      });
      for (const cell of cells) this.#keepMs = Math.max(this.#keepMs, cell.keepMs);
      return { subject, charges, cells, belief, shared: shared && !refundable, refundable };
    });
  }

  /** The subjects' answers where an enforced limit is known to have no room. */
  #denied(asks: readonly Ask[]): { readonly parts: readonly Part[] } | undefined {
    const now = this.#clock();
    let denied = false;
    const parts = asks.map((ask) => {
      const plan = planOf(ask, now);
      const credit = plan.denied ? this.#credit(ask, now) : undefined;
      if (credit) return redeemed(ask, credit, now);
      denied ||= plan.denied;
      return { allowed: !plan.denied, statuses: statusesByBelief(ask, plan), writes: 0 };
    });
    return denied ? { parts } : undefined;
  }

  #credit(ask: Ask, now: number): Credit | undefined {
    return ask.belief.credits.find(signatureOf(ask), this.#elapsed.at(now));
  }

  /** Pays with what an earlier request of the same make took and did not use. */
  #redeem(ask: Ask): Taking | undefined {
    const now = this.#clock();
    const credit = this.#credit(ask, now);
    if (!credit) return undefined;
    ask.belief.credits.remove(credit);
    return redeemed(ask, credit, now);
  }

  #keepAsCredit(ask: Ask, { taken, until }: Taking): void {
    if (!ask.refundable && taken && until !== undefined)
      ask.belief.credits.add({ charges: signatureOf(ask), taken, until });
  }
}

/**
 * One failed write is no answer for all who waited for it: under `onStoreFailure: allow` it would let them all through. Each
 * sending its own would be a crowd's worth of writes into a store that has just refused one.
 */
const MOST_FLIGHTS = 3;

/** The asks of a decision and what was taken for each. */
interface Receipt {
  readonly asks: readonly Ask[];
  readonly takings: readonly Taking[];
}

const refunded = (asks: readonly Ask[], takings: readonly Taking[], tools: Tools): Promise<Taking[]> =>
  Promise.all(takings.map((taking, i) => (asks[i]!.refundable ? giveBack(asks[i]!, taking, tools) : taking)));

function withdraw(ask: Ask): void {
  if (ask.shared) ask.belief.leases.of(signatureOf(ask)).withdrew();
}

function redeemed(ask: Ask, credit: Credit, now: number): Taking {
  const statuses = ask.charges.map((charge, i) => {
    const cell = ask.cells[i]!;
    const look = cell.look(ask.belief.of(cell), now, credit.taken[i] ? 0 : charge.cost);
    return statusOf(ask.subject, charge, cell, look, look.fits ? undefined : look.retryAt);
  });
  return { allowed: true, statuses, writes: 0, taken: credit.taken, until: credit.until };
}

/** What a credit pays for: these cells at these costs, no others. */
const signatureOf = (ask: Ask): string => ask.cells.map((cell, i) => `${cell.id}:${ask.charges[i]!.cost}`).join(' ');

/** HG309: a cost that cannot be counted. */
export class ChargeError extends HeadgateError {
  constructor(limit: string, cost: number) {
    super('HG309', `the cost of limit "${limit}" is ${cost}, allowed are whole numbers from 1`);
  }
}

/** HG341: a limit whose units cannot be given back. */
export class RefundError extends HeadgateError {
  constructor(limit: string, algorithm: Algorithm) {
    super(
      'HG341',
      `limit "${limit}" counts by ${algorithm}, of which nothing can be given back; allowed are sliding-window, ` +
        'sliding-window-log and fixed-window',
    );
  }
}
