import type { Charge } from './billing.ts';

/** Calls and units of one kind of operation. */
export interface Tally extends Charge {
  readonly calls: number;
  /** Calls whose condition failed, or whose transaction was cancelled. */
  readonly refused: number;
}

const NOTHING: Tally = { calls: 0, refused: 0, write: 0, read: 0 };

/** Adds up what AWS would bill, by operation. */
export class Ledger {
  readonly #byOperation = new Map<string, Tally>();

  charge(operation: string, { write, read }: Charge, refused: boolean): void {
    const so = this.#byOperation.get(operation) ?? NOTHING;
    this.#byOperation.set(operation, {
      calls: so.calls + 1,
      refused: so.refused + Number(refused),
      write: so.write + write,
      read: so.read + read,
    });
  }

  get byOperation(): Readonly<Record<string, Tally>> {
    return Object.fromEntries(this.#byOperation);
  }

  get total(): Tally {
    let total = NOTHING;
    for (const one of this.#byOperation.values()) {
      total = {
        calls: total.calls + one.calls,
        refused: total.refused + one.refused,
        write: total.write + one.write,
        read: total.read + one.read,
      };
    }
    return total;
  }

  reset(): void {
    this.#byOperation.clear();
  }
}
