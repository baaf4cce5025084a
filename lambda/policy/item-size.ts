import type { Budget, Limit } from './policy.ts';

/** DynamoDB bills a write by started units of 1 KB. */
export const WRITE_UNIT_BYTES = 1024;
/** Length of a usual subject, for example `client:` and a UUID. */
const SUBJECT_BYTES = 48;
/** An instant of this decade, in milliseconds: what counts is how many digits times have. */
const TYPICAL_NOW = 1_800_000_000_000;

/** What an item with these budgets' cells grows to under steady use, in bytes: see `limiter/item-layout.ts`. */
export function itemBytes(budgets: readonly Budget[]): number {
  const fixed = 'pk'.length + SUBJECT_BYTES + attribute('v', 1) + attribute('exp', TYPICAL_NOW / 1000);
  return budgets.reduce((sum, budget) => sum + cellBytes(budget), fixed);
}

/**
 * Limits by the kind of item that holds their cells, largest budget first. Callers without identity are addresses, so
 * that an address's item holds the limits `per: client` too.
 */
export function itemsOf(
  limits: readonly Limit[],
): readonly { readonly item: string; readonly limits: readonly Limit[] }[] {
  const of = (...scopes: readonly Limit['per'][]) => limits.filter(({ per }) => scopes.includes(per));
  return [
    { item: 'an address', limits: of('client', 'address') },
    { item: 'a route', limits: of('route') },
    { item: 'everything together', limits: of('all') },
  ];
}

/** The tier whose cell is the largest: a subject has one tier at a time. */
export function largestBudget(limit: Limit): Budget {
  return Object.values(limit.budgets).reduce((a, b) => (cellBytes(b) > cellBytes(a) ? b : a));
}

function cellBytes({ algorithm, limit, windowMs, epochMs, cellId: id }: Budget): number {
  const epoch = Math.floor(TYPICAL_NOW / epochMs);
  const newest = attribute(id, epoch);
  const micros = TYPICAL_NOW * 1000;
  if (algorithm === 'token-bucket' || algorithm === 'leaky-bucket')
    return newest + attribute(`${id}+`, micros) + 2 * attribute(`${id}.${base36(epoch)}`, micros);
  const name = `${id}.${base36(epoch)}`;
  if (algorithm === 'fixed-window') return newest + 2 * attribute(name, limit);
  // The present window, the previous one, and the one before that until somebody removes it.
  if (algorithm === 'sliding-window-counter') return newest + 3 * attribute(name, limit);
  // The epochs of the window, and the oldest that is counted in full: together they hold the limit. Two aligned windows.
  const epochs = windowMs / epochMs + 1;
  const aligned = attribute(`${id}*${base36(Math.floor(TYPICAL_NOW / windowMs))}`, limit);
  // One entry for each unit, kept for one epoch more than it counts.
  if (algorithm === 'sliding-window-log') {
    const entries = Math.ceil(limit * (1 + epochMs / windowMs));
    return newest + entries * attribute(`${id}.${base36(TYPICAL_NOW)}`, 1) + attribute(`${id}+`, micros) + 2 * aligned;
  }
  // Small limits carry a ceiling too: see `limiter/cells/sliding-window.ts`.
  const ceiling = limit <= 99 ? attribute(`${id}~${base36(limit)}`, micros) : 0;
  return newest + epochs * attribute(name, limit / epochs) + attribute(`${id}+`, micros) + 2 * aligned + ceiling;
}

/** A name, and a whole number at two digits a byte and one more. */
const attribute = (name: string, value: number): number =>
  name.length + Math.ceil(String(Math.floor(value)).length / 2) + 1;
const base36 = (value: number): string => value.toString(36);
