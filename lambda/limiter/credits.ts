/**
 * Units that were counted and are not used yet: a lease of a shared limit, or what a request has taken without being let
 * through, because another subject denied it while this subject's write was under way. They stay here for the next
 * requests of the same make, until their epoch ends: after that they would be counted in a window in which they are no
 * longer used. Times are those of `Elapsed`: the clock may be set back meanwhile.
 */
export interface Credit {
  /** Which cells, how much of each: a credit pays for exactly what it was taken for. */
  readonly charges: string;
  /** For each of those charges, whether it was taken: a shadow limit without room was not. */
  readonly taken: readonly boolean[];
  /** When the first of its epochs has ended at the latest, by `Elapsed`. */
  readonly until: number;
}

interface Held {
  readonly credit: Credit;
  /** For how many requests it pays. */
  count: number;
}

/** How many kinds are kept for a subject; losing one means that its units stay counted and unused. */
const MOST = 64;

/** The credits of one subject in this container. */
export class Credits {
  readonly #held: Held[] = [];

  add(credit: Credit, count = 1): void {
    const same = this.#held.find((held) => isSame(held.credit, credit));
    if (same) {
      same.count += count;
      return;
    }
    if (this.#held.length >= MOST) this.#held.shift();
    this.#held.push({ credit, count });
  }

  /** The first that pays for `charges`; it stays until it is taken out. */
  find(charges: string, now: number): Credit | undefined {
    this.#forget(now);
    return this.#held.find(({ credit }) => credit.charges === charges)?.credit;
  }

  /** For how many requests of this make there is enough. */
  count(charges: string, now: number): number {
    this.#forget(now);
    return this.#held.reduce((sum, { credit, count }) => sum + (credit.charges === charges ? count : 0), 0);
  }

  remove(credit: Credit): void {
    const at = this.#held.findIndex((held) => held.credit === credit);
    if (at >= 0 && --this.#held[at]!.count === 0) this.#held.splice(at, 1);
  }

  #forget(now: number): void {
    for (let i = this.#held.length - 1; i >= 0; i--) if (this.#held[i]!.credit.until <= now) this.#held.splice(i, 1);
  }
}

const isSame = (a: Credit, b: Credit): boolean =>
  a.until === b.until && a.charges === b.charges && a.taken.every((taken, i) => taken === b.taken[i]);
