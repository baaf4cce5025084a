import { BoundedMap } from './bounded-map.ts';
import type { StoreError } from './store-error.ts';

/** A write under way that takes a lease, and how many of its units nobody here waits for. */
export interface Flight {
  spare: number;
  /** Which of the container's decisions sends it: a later one has a later deadline. */
  readonly decision: number;
  /** Resolves to what kept the store from being asked, if anything did. */
  readonly landed: Promise<StoreError | undefined>;
}

/** Demand is estimated, and leases are sized, over this time, ms. */
export const HORIZON_MS = 1000;
/** How many makes of request (cells and costs) are followed for one subject. */
const MOST_MAKES = 64;

/**
 * What a container needs to know to size the leases of one shared subject: its own demand, and what is under way. Times are
 * those of `Elapsed`.
 */
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
    this.#countedAt = now;
  }

  /** It did not need this subject: another one denied it. Else a client over its own limit would draw on the ceiling. */
  withdrew(): void {
    this.#demand = Math.max(0, this.#demand - 1);
  }

  /**
   * A write under way with a unit to spare, which is thereby reserved.
   *
   * @param decision which boards: only what an earlier one sends, whose deadline is over before its own
   */
  board(decision: number): Flight | undefined {
    for (const flight of this.#flights) {
      if (flight.spare === 0 || flight.decision > decision) continue;
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

  /** Requests to be expected in `HORIZON_MS`, besides the one that is being decided. */
  expected(now: number): number {
    return this.#faded(now) - 1;
  }

  /** Requests that are to be paid for by writes under way. */
  get asked(): number {
    let asked = 0;
    for (const flight of this.#flights) asked += flight.spare;
    return asked;
  }

  #faded(now: number): number {
    return this.#demand * Math.exp((this.#countedAt - now) / HORIZON_MS);
  }
}
