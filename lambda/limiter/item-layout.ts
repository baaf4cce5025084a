import type { CounterItem } from './counter-store.ts';

/**
 * How the cells of one subject lie in its item. Every attribute is a whole number.
 *
 * | attribute  | what                                                                                     |
 * |------------|------------------------------------------------------------------------------------------|
 * | `<id>`     | the newest epoch of cell `<id>` that anybody wrote                                       |
 * | `<id>.<k>` | used in epoch `k` (windows), or the bucket's virtual time in it                          |
 * | `<id>+`    | running total since the item's birth (windows), or the bucket's latest virtual time      |
 * | `<id>*<K>` | used in the aligned window `K` (windows that slide)                                      |
 * | `<id>~<L>` | how far the running total may go for one unit more under limit `L` (windows that slide)  |
 * | `b`        | when a limit that may be given back first met the item, ms: tells its lives apart        |
 * | `v`        | format of the item                                                                       |
 * | `exp`      | Unix seconds after which nobody needs the item; DynamoDB deletes it some time after that |
 *
 * `k` and `K` are written in base 36: short names keep five limits below 1 KB, which is one write unit.
 */
export const FORMAT = 1;
export const FORMAT_ATTRIBUTE = 'v';
export const LIFE_ATTRIBUTE = 'b';
/** The same name as `COUNTERS.ttl` in `store/registry-keys.ts`, which the limiter may not import; a test compares them. */
export const EXPIRY_ATTRIBUTE = 'exp';

export const epochAttribute = (id: string, epoch: number): string => `${id}.${epoch.toString(36)}`;
export const alignedAttribute = (id: string, aligned: number): string => `${id}*${aligned.toString(36)}`;
export const runningAttribute = (id: string): string => `${id}+`;
export const ceilingAttribute = (id: string, limit: number): string => `${id}~${limit.toString(36)}`;

/** What an item says of one cell. */
export interface CellState {
  /** The newest epoch that anybody wrote; -Infinity where nothing is known. */
  readonly newest: number;
  readonly running: number | undefined;
  /** By epoch. */
  readonly counts: ReadonlyMap<number, number>;
  /** The aligned windows that have an attribute. */
  readonly aligned: readonly number[];
}

export const BLANK: CellState = {
  newest: Number.NEGATIVE_INFINITY,
  running: undefined,
  counts: new Map(),
  aligned: [],
};

const OF_THE_ITEM: ReadonlySet<string> = new Set([FORMAT_ATTRIBUTE, LIFE_ATTRIBUTE, EXPIRY_ATTRIBUTE]);

/** Takes an item apart into its cells, by cell id. Attributes of another make are skipped. */
export function cellsOf(item: CounterItem): Map<string, CellState> {
  const cells = new Map<string, { -readonly [K in keyof CellState]: CellState[K] }>();
  for (const name in item) {
    const value = item[name];
    if (value === undefined || OF_THE_ITEM.has(name)) continue;
    const at = name.search(/[.+*~]/);
    const id = at < 0 ? name : name.slice(0, at);
    let cell = cells.get(id);
    if (!cell) {
      cell = { ...BLANK, counts: new Map(), aligned: [] };
      cells.set(id, cell);
    }
    if (at < 0) cell.newest = value;
    else if (name[at] === '+') cell.running = value;
    else if (name[at] === '.') (cell.counts as Map<number, number>).set(Number.parseInt(name.slice(at + 1), 36), value);
    // The ceiling is for those who have seen nothing; who has seen the item knows better.
    else if (name[at] === '*') (cell.aligned as number[]).push(Number.parseInt(name.slice(at + 1), 36));
  }
  return cells;
}

/** Bytes that DynamoDB bills for an item: names, and whole numbers at two digits a byte and one more. */
export function itemBytes(subject: string, item: CounterItem): number {
  let bytes = 'pk'.length + Buffer.byteLength(subject);
  for (const name in item) bytes += name.length + Math.ceil(String(item[name]).length / 2) + 1;
  return bytes;
}
