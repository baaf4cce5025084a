/**
 * What a request has taken without being let through: another subject denied it while this subject's write was under way.
 * The units stay here for the next request of the same make, until their epoch ends: after that they would be counted in
 * a window in which they are no longer used.
 */
export interface Credit {
  /** Which cells, how much of each: a credit pays for exactly what it was taken for. */
  readonly charges: string;
  /** For each of those charges, whether it was taken: a shadow limit without room was not. */
  readonly taken: readonly boolean[];
  /** The end of the first epoch to end, ms. */
  readonly until: number;
}

/** How many are kept for a subject; losing one means that its units stay counted and unused. */
const MOST = 64;

/** The credits of one subject in this container. */
export class Credits {
  readonly #held: Credit[] = [];

  add(credit: Credit): void {
    if (this.#held.length >= MOST) this.#held.shift();
    this.#held.push(credit);
  }

  /** The first that pays for `charges`; it stays until it is taken out. */
  find(charges: string, now: number): Credit | undefined {
    if (this.#held.length === 0) return undefined;
    for (let i = this.#held.length - 1; i >= 0; i--) if (this.#held[i]!.until <= now) this.#held.splice(i, 1);
    return this.#held.find((credit) => credit.charges === charges);
  }

  remove(credit: Credit): void {
    const at = this.#held.indexOf(credit);
    if (at >= 0) this.#held.splice(at, 1);
  }
}
