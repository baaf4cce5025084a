import type { Belief } from './belief.ts';
import type { Cell, Look } from './cells/cell.ts';
import type { ConditionalWrite } from './counter-store.ts';
import { EXPIRY_ATTRIBUTE, FORMAT, FORMAT_ATTRIBUTE, LIFE_ATTRIBUTE } from './item-layout.ts';
import type { Charge } from './verdict.ts';
import { absentOrAtMost, WriteDraft } from './write-draft.ts';

/** One subject of one request: what is asked of it, and what is believed of it. */
export interface Ask {
  readonly subject: string;
  readonly charges: readonly Charge[];
  /** For each charge, its cell. */
  readonly cells: readonly Cell[];
  readonly belief: Belief;
  /** Its units may be taken ahead: see `Leases`. */
  readonly shared: boolean;
  /** Its units may be given back, by anybody and at any time: see `refund.ts`. */
  readonly refundable: boolean;
}

/** What a request meets by belief. */
export interface Plan {
  readonly time: number;
  /** For each charge. */
  readonly looks: readonly Look[];
  /** For each charge, whether the write takes it: a shadow limit without room is left out, so that it cannot deny. */
  readonly takes: readonly boolean[];
  /** An enforced limit has no room: certain, see `Cell`. */
  readonly denied: boolean;
  /** How far an enforced cell is ahead of this clock, where that is too far to be a clock error; else 0. */
  readonly aheadMs: number;
}

/**
 * An item further ahead than this is not taken for the time: one container with a runaway clock would otherwise move
 * every other one into its future, and the client's limits would stand still until the world has caught up.
 */
const AHEAD_MS = 10_000;

/** @param answered this very request has just asked: what its answer says is the present, whatever the clock says */
export function planOf(ask: Ask, time: number, answered = false): Plan {
  let denied = false;
  let aheadMs = 0;
  const looks: Look[] = [];
  const takes: boolean[] = [];
  for (const [i, charge] of ask.charges.entries()) {
    const cell = ask.cells[i]!;
    const look = cell.look(ask.belief.of(cell), time, charge.cost);
    const ahead = look.at - time > AHEAD_MS ? look.at - time : 0;
    const askAgain = !look.fits && ask.refundable && !answered && mayHaveRoom(ask, cell, charge.cost, time);
    looks.push(look);
    takes.push((look.fits || askAgain) && ahead === 0);
    if (charge.mode === 'shadow') continue;
    aheadMs = Math.max(aheadMs, ahead);
    denied ||= !look.fits && !askAgain && ahead === 0;
  }
  return { time, looks, takes, denied, aheadMs };
}

/** How long a denial is believed where units may be given back, ms. */
const REFUNDABLE_DENIAL_MS = 1000;

/**
 * Whether a cell that was full has to be asked again, because units may have been given back since. The write for it is
 * the usual one; if the cell is still full its condition fails, and the answer is believed for a while again.
 */
function mayHaveRoom({ belief }: Ask, cell: Cell, cost: number, time: number): boolean {
  const asked = Math.max(belief.of(cell).seenAt, belief.askedAt);
  return cost <= cell.limit && time - asked >= REFUNDABLE_DENIAL_MS;
}

const DAY_MS = 86_400_000;

/**
 * The one conditional write that takes all charges of `plan`, or none.
 *
 * Two conditions belong to the item and not to a cell. The format: a function of an older version must not write into
 * what it cannot read. And the expiry never goes back, or a request that only touches a limit per minute would let the
 * limit per month of the same subject be deleted with the item: who does not know of the later date fails, is told, and
 * keeps it.
 *
 * @param keepMs how long the item is needed at least
 * @param requests how many requests it pays for
 */
export function writeOf(ask: Ask, plan: Plan, keepMs: number, requests = 1): ConditionalWrite {
  const draft = new WriteDraft();
  // Whole days: a value that changes rarely is rarely not known.
  const expiry = Math.max(ask.belief.expiry, (Math.ceil((plan.time + keepMs) / DAY_MS) * DAY_MS) / 1000);
  for (const [attribute, value] of [
    [FORMAT_ATTRIBUTE, FORMAT],
    [EXPIRY_ATTRIBUTE, expiry],
  ] as const) {
    draft.require(absentOrAtMost(attribute, value));
    draft.assign(attribute, value, 0);
  }
  // Set once in the item's life: a refund is for that life only.
  if (ask.refundable) draft.assign(LIFE_ATTRIBUTE, { firstOf: [LIFE_ATTRIBUTE], otherwise: plan.time }, 0);
  for (const [i, charge] of ask.charges.entries()) {
    const cell = ask.cells[i]!;
    if (plan.takes[i]) cell.charge(ask.belief.of(cell), plan.looks[i]!, charge.cost * requests, draft);
  }
  return draft;
}
