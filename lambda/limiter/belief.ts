import type { Cell, CellBelief } from './cells/cell.ts';
import type { CounterItem } from './counter-store.ts';
import { Credits } from './credits.ts';
import { BLANK, type CellState, cellsOf, EXPIRY_ATTRIBUTE, FORMAT, FORMAT_ATTRIBUTE } from './item-layout.ts';
import { Leases } from './leases.ts';

const UNSEEN: CellBelief = { ...BLANK, seenAt: Number.NEGATIVE_INFINITY, othersRate: 0 };

/** An answer of the store, and what it answers. */
export interface Answer {
  readonly item: CounterItem | undefined;
  /** When the request was sent, on this container's clock. */
  readonly sentAt: number;
  /** `Belief.version` when the request was sent. */
  readonly sentVersion: number;
  readonly applied: boolean;
  /** Units that this write took, by cell id; empty where it took none. */
  readonly took: ReadonlyMap<string, number>;
}

/**
 * What this container last saw of one subject's item. It may be old, so nothing is taken on its word: see `Cell`.
 * Forgetting it is harmless.
 */
export class Belief {
  readonly credits = new Credits();
  readonly leases = new Leases();
  /** When the item was last asked for units that may be given back, on this container's clock: of many one asks. */
  askedAt = Number.NEGATIVE_INFINITY;
  readonly #cells = new Map<string, CellBelief>();
  #expiry = 0;
  #format = 0;
  #version = 0;

  /** Changes whenever something was learnt. */
  get version(): number {
    return this.#version;
  }

  /** The item's expiry in Unix seconds, 0 where unknown. */
  get expiry(): number {
    return this.#expiry;
  }

  /** The item's format, 0 where unknown. */
  get format(): number {
    return this.#format;
  }

  /** False where a newer version of the functions wrote the item. */
  get readable(): boolean {
    return this.#format <= FORMAT;
  }

  of(cell: Cell): CellBelief {
    return this.#cells.get(cell.id) ?? UNSEEN;
  }

  /**
   * Takes over what an answer says: every answer is the whole truth of its moment. Answers can overtake each other, so
   * an older one is left aside, unless the condition failed: then what was believed has just been proven of no use
   * (somebody may have deleted the item), and any truth is sound.
   *
   * @returns the cells of the answer
   */
  learn(answer: Answer, cells: readonly Cell[]): ReadonlyMap<string, CellState> {
    const { item, applied, sentAt } = answer;
    // What a newer version of the functions wrote may mean anything.
    const readable = (item?.[FORMAT_ATTRIBUTE] ?? 0) <= FORMAT;
    const states = cellsOf(readable && item ? item : {});
    // Nothing was learnt since the request went out: its answer is newer than all that is known.
    const newer = !applied || answer.sentVersion === this.#version;
    this.#version++;
    if (newer || (item?.[EXPIRY_ATTRIBUTE] ?? 0) > this.#expiry) this.#expiry = item?.[EXPIRY_ATTRIBUTE] ?? 0;
    if (newer) this.#format = item?.[FORMAT_ATTRIBUTE] ?? 0;
    if (newer) for (const id of this.#cells.keys()) if (!states.has(id)) this.#cells.delete(id);

    const observers = new Map(cells.map((cell) => [cell.id, cell]));
    for (const [id, state] of states) {
      const before = this.#cells.get(id) ?? UNSEEN;
      const seenAt = Math.max(before.seenAt, sentAt);
      if (!newer && !isNewer(state, before)) {
        this.#cells.set(id, { ...before, seenAt });
        continue;
      }
      const own = answer.took.get(id) ?? 0;
      const othersRate = observers.get(id)?.observe?.(before, state, sentAt, own) ?? before.othersRate;
      this.#cells.set(id, { ...state, seenAt, othersRate });
    }
    return states;
  }
}

/** Of two states of one cell: epochs, and what is used in one, only grow. */
function isNewer(state: CellState, than: CellState): boolean {
  if (state.newest !== than.newest) return state.newest > than.newest;
  return used(state) >= used(than);
}

const used = (state: CellState): number => state.running ?? state.counts.get(state.newest) ?? 0;
