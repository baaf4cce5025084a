import type { Look } from './cells/cell.ts';
import type { CounterItem, CounterStore } from './counter-store.ts';
import type { Elapsed } from './elapsed.ts';
import { BLANK, type CellState, itemBytes, LIFE_ATTRIBUTE } from './item-layout.ts';
import { type Ask, type Plan, planOf, writeOf } from './plan.ts';
import { failedPart, type Part, statusesByBelief, statusOf } from './status.ts';
import { StoreClockError, StoreContentionError, StoreError, StoreFormatError } from './store-error.ts';
import { above, WriteDraft } from './write-draft.ts';

/** What `take` needs beside what is asked. */
export interface Tools {
  readonly store: Pick<CounterStore, 'update'>;
  readonly clock: () => number;
  /** At a time of that clock. */
  readonly elapsed: Pick<Elapsed, 'at'>;
  /** How long the item is needed at least, ms. */
  readonly keepMs: number;
  readonly onStoreError?: ((error: StoreError) => void) | undefined;
}

/** A subject's answer, and what was taken for it. */
export interface Taking extends Part {
  /** For each charge, whether it was taken; absent where nothing was. */
  readonly taken?: readonly boolean[];
  /** Where something was taken: until when it may be used, by `Elapsed`. */
  readonly until?: number;
  /** Where something was taken: for each charge, where it was counted; absent where a credit pays. */
  readonly looks?: readonly Look[];
  /** Where something was taken that may be given back: in which life of the item, see `item-layout.ts`. */
  readonly life?: number;
  /** Requests beyond this one that were paid for; absent: none. */
  readonly ahead?: number;
}

/**
 * After a miss the next try rests on the whole truth, so it is certain unless others were faster in between. Each such
 * race makes a cell fuller or moves it on, so there are few; this bound is only for what nobody has thought of.
 */
const MOST_TRIES = 8;

/**
 * Takes everything that is asked of one subject, or nothing. Never throws a `StoreError`.
 *
 * ```
 * plan by belief -- no room --------------------------------> denied, certain, no write
 *      |  ^
 *   one conditional write -- applied: the item as it is now -> taken
 *      |  |
 *      |  +-- condition failed: the item as it is, learnt
 *      +-- store failure ------------------------------------> by each limit's onStoreFailure
 * ```
 *
 * @param aheadOf how many further requests a write by this plan, made at `begun` (by `Elapsed`), should pay for; they must
 *   fit by belief
 */
export async function take(
  ask: Ask,
  tools: Tools,
  aheadOf: (plan: Plan, begun: number) => number = () => 0,
): Promise<Taking> {
  let writes = 0;
  let time = tools.clock();
  let plan = planOf(ask, time);
  const fail = (error: StoreError): Taking => {
    tools.onStoreError?.(error);
    return failedPart(ask, plan, error.reason, writes);
  };

  for (let tries = 0; tries < MOST_TRIES; tries++) {
    if (tries > 0) {
      time = tools.clock();
      plan = planOf(ask, time, true);
    }
    if (plan.denied) return { allowed: false, statuses: statusesByBelief(ask, plan), writes };
    if (plan.aheadMs > 0) return fail(new StoreClockError(ask.subject, plan.aheadMs));
    // Nothing but shadow limits without room.
    if (!plan.takes.includes(true)) return { allowed: true, statuses: statusesByBelief(ask, plan), writes };

    const sentVersion = ask.belief.version;
    ask.belief.askedAt = plan.time;
    const begun = tools.elapsed.at(time);
    const requests = 1 + aheadOf(plan, begun);
    try {
      const outcome = await tools.store.update(ask.subject, writeOf(ask, plan, tools.keepMs, requests));
      writes += outcome.sent ?? 1;
      const { applied, item } = outcome;
      const took = applied ? unitsTaken(ask, plan, requests) : new Map<string, number>();
      const states = ask.belief.learn({ applied, item, sentAt: plan.time, sentVersion, took }, ask.cells);
      if (outcome.applied) {
        writes += await sweep(ask, outcome.item, states, tools.store);
        const taking = taken(ask, plan, states, writes, begun);
        const life = outcome.item[LIFE_ATTRIBUTE];
        if (ask.refundable && life !== undefined) return { ...taking, life };
        return requests > 1 ? { ...taking, ahead: requests - 1 } : taking;
      }
      if (!ask.belief.readable) return fail(new StoreFormatError(ask.subject, ask.belief.format));
    } catch (error) {
      if (!(error instanceof StoreError)) throw error;
      writes += error.sent;
      return fail(error);
    }
  }
  return fail(new StoreContentionError(ask.subject, MOST_TRIES));
}

/** The answer for who has waited for others' writes, which failed, and has sent none itself. */
export function failedAlike(ask: Ask, tools: Tools, error: StoreError): Taking {
  const plan = planOf(ask, tools.clock());
  if (plan.denied) return { allowed: false, statuses: statusesByBelief(ask, plan), writes: 0 };
  tools.onStoreError?.(error);
  return failedPart(ask, plan, error.reason, 0);
}

/**
 * What is left is read from the very item that this write made, not from the belief, which others of this container may
 * have moved on: of twenty requests at once under a limit of twenty each sees a different number, 19 down to 0.
 */
function taken(ask: Ask, plan: Plan, states: ReadonlyMap<string, CellState>, writes: number, begun: number): Taking {
  let usableMs = Number.POSITIVE_INFINITY;
  const statuses = ask.charges.map((charge, i) => {
    const cell = ask.cells[i]!;
    const look = plan.looks[i]!;
    if (!plan.takes[i]) return statusOf(ask.subject, charge, cell, look, look.fits ? undefined : look.retryAt);
    usableMs = Math.min(usableMs, look.end - look.at);
    const state = states.get(cell.id) ?? BLANK;
    const waitMs = cell.delay?.(state, look, charge.cost);
    return statusOf(ask.subject, charge, cell, cell.look(state, plan.time, 0), undefined, waitMs);
  });
  return { allowed: true, statuses, writes, taken: plan.takes, looks: plan.looks, until: begun + usableMs };
}

function unitsTaken(ask: Ask, plan: Plan, requests: number): Map<string, number> {
  const took = new Map<string, number>();
  for (const [i, charge] of ask.charges.entries())
    if (plan.takes[i]) took.set(ask.cells[i]!.id, charge.cost * requests);
  return took;
}

/** One write unit is 1,024 bytes; an item is swept when it comes near. */
const LARGE_BYTES = 900;
const WORTH_SWEEPING = 8;

/**
 * Removes from a large item what nobody needs any more. A writer that has seen the item before does that by the way;
 * only a subject whose every request meets a container that has never seen it leaves its old epochs behind, and would
 * at last have an item that cannot be written any more.
 *
 * Old epochs are frozen by the order guard, so there is no race; the condition only keeps the write from making an item
 * where there is none. Whether it succeeds does not matter to the request.
 *
 * @returns how many writes it took
 */
async function sweep(
  ask: Ask,
  item: CounterItem,
  states: ReadonlyMap<string, CellState>,
  store: Pick<CounterStore, 'update'>,
): Promise<number> {
  if (itemBytes(ask.subject, item) < LARGE_BYTES) return 0;
  const draft = new WriteDraft();
  const present = ask.cells.filter((cell) => states.has(cell.id));
  for (const cell of present) {
    const state = states.get(cell.id)!;
    for (const attribute of cell.obsolete(state, state.newest)) draft.remove(attribute);
  }
  if (draft.removals.length < WORTH_SWEEPING) return 0;
  draft.require(above(present[0]!.id, 0));
  try {
    return (await store.update(ask.subject, draft)).sent ?? 1;
  } catch (error) {
    if (error instanceof StoreError) return error.sent;
    throw error;
  }
}
