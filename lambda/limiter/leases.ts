import type { Algorithm } from '../policy/policy.ts';
import { BoundedMap } from './bounded-map.ts';
import type { Ask, Plan } from './plan.ts';

/** A write under way that takes a lease, and how many of its units nobody here waits for. */
export interface Flight {
  spare: number;
  readonly landed: Promise<unknown>;
}

/** Demand is estimated, and leases are sized, over this time, ms. */
const HORIZON_MS = 1000;
/** The most that one write takes ahead, as a share of what is left: the last units go to whoever comes. */
const SHARE = 0.1;
/**
 * A little less than what is likely to come, so that little is stranded, and a few more, so that the last requests of an
 * epoch do not each need a write: in the simulation of `bench/ceiling.ts` 0.027 instead of 0.062 writes per decision at
 * 0.95 of a ceiling with 128 containers, and 99 % instead of 97 % of it used at twice the load.
 */
const NEARLY_ALL = 0.92;
const A_FEW_MORE = 2;
/** How many makes of request (cells and costs) are followed for one subject. */
const MOST_MAKES = 64;

/**
 * Whose units may be taken ahead of the request that uses them. A queue gives each its own turn, and a log each its own
 * instant; both are for small limits anyway.
 */
const LEASABLE: ReadonlySet<Algorithm> = new Set([
  'fixed-window',
  'sliding-window',
  'sliding-window-counter',
  'token-bucket',
]);

/** What a container needs to know to size the leases of one shared subject: its own demand, and what is under way. */
export class Leases {
  readonly #makes = new BoundedMap<Make>(MOST_MAKES);

  /** Of one set of cells and costs: a lease for these pays for no others. */
  of(charges: string): Make {
    let make = this.#makes.get(charges);
    if (!make) {
      make = new Make();
      this.#makes.set(charges, make);
    }
    return make;
  }
}

/** The requests of one make. */
export class Make {
  readonly #flights = new Set<Flight>();
  /** Requests seen, fading with their age: in steady demand as many as come in `HORIZON_MS`. */
  #demand = 0;
  #countedAt = Number.NEGATIVE_INFINITY;

  arrived(now: number): void {
    this.#demand = this.#faded(now) + 1;
    this.#countedAt = Math.max(now, this.#countedAt);
  }

  /** It did not need this subject: another one denied it. Else a client over its own limit would draw on the ceiling. */
  withdrew(): void {
    this.#demand = Math.max(0, this.#demand - 1);
  }

  /** A write under way with a unit to spare, which is thereby reserved. */
  board(): Flight | undefined {
    for (const flight of this.#flights) {
      if (flight.spare === 0) continue;
      flight.spare--;
      return flight;
    }
    return undefined;
  }

  depart(flight: Flight): void {
    this.#flights.add(flight);
  }

  arrive(flight: Flight): void {
    this.#flights.delete(flight);
  }

  /**
   * How many requests the next write takes ahead: what this container will need until the epoch ends (at most
   * `HORIZON_MS`), less what it holds and what it has already asked for, and at most a tenth of what is left.
   *
   * @param held requests that are paid for already
   */
  size(ask: Ask, plan: Plan, held: number): number {
    let most = Number.POSITIVE_INFINITY;
    let end = plan.time + HORIZON_MS;
    for (const [i, charge] of ask.charges.entries()) {
      if (!LEASABLE.has(charge.budget.algorithm)) return 0;
      if (!plan.takes[i]) continue;
      const look = plan.looks[i]!;
      most = Math.min(most, Math.floor((look.left * SHARE) / charge.cost));
      end = Math.min(end, look.end);
    }
    // The request itself is not among those to come.
    const demand = this.#faded(plan.time) - 1;
    if (demand < 1) return 0;
    const coming = (NEARLY_ALL * demand * (end - plan.time)) / HORIZON_MS + A_FEW_MORE;
    let asked = 0;
    for (const flight of this.#flights) asked += flight.spare;
    return Math.max(0, Math.min(Math.floor(coming) - held - asked, most));
  }

  #faded(now: number): number {
    return this.#demand * Math.exp(-Math.max(0, now - this.#countedAt) / HORIZON_MS);
  }
}
