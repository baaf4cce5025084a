import type { CellState } from '../item-layout.ts';
import type { WriteDraft } from '../write-draft.ts';

/**
 * The state of one limit for one subject, as an algorithm sees it. A cell holds no state itself: it does the arithmetic
 * on what an item says, and writes the condition that the next item must meet.
 *
 * Time is cut into epochs of `epochMs`; epoch `k` begins at `k * epochMs` (calendar periods apart). Within an epoch a cell only grows, so whatever
 * was seen of it is a lower bound of what is used now. Two things follow for every algorithm:
 *
 * - "no room by what was seen" is final until the instant that `look` names, and needs no write (for a second only where
 *   units may be given back: see `refund.ts`, also for why all else stays true then);
 * - a literal in a condition that rests on what was seen is sound however old that is: at worst the condition fails,
 *   the answer brings the whole item, and the next try is certain.
 */
export interface Cell {
  readonly id: string;
  /** Units per window, or the bucket's burst. */
  readonly limit: number;
  /** Length of an epoch; of calendar periods the longest. */
  readonly epochMs: number;
  /** How long after a write the cell still matters. */
  readonly keepMs: number;

  /** What a request of `cost` units at `time` (whole ms) meets, if `state` is the truth. */
  look(state: CellState, time: number, cost: number): Look;

  /** Adds to `draft` what takes `cost` units in the epoch of `look`, only if there is room on the server too. */
  charge(belief: CellBelief, look: Look, cost: number, draft: WriteDraft): void;

  /**
   * Where requests queue: how long what `look` has taken must wait, ms, by the item that its own write made. Absent: never.
   */
  delay?(state: CellState, look: Look, cost: number): number;

  /**
   * The attributes that count, unit by unit, what was taken at `look`, and that give it back when they are lowered by it.
   * All bounds stay sound: see `refund.ts`. Absent: what is taken cannot be given back.
   */
  counted?(look: Look): readonly string[];

  /** Attributes that nobody needs once `epoch` is the newest. */
  obsolete(state: CellState, epoch: number): string[];

  /** How fast others use this cell, for the guess that `charge` makes; absent where it makes none. */
  observe?(before: CellBelief, now: CellState, seenAt: number, ownCost: number): number;
}

export interface Look {
  /** The epoch in which the request is counted: that of `time`, or the newest one where that is ahead. */
  readonly epoch: number;
  /** The instant at which it is counted: `time`, or the epoch's start where that is ahead. */
  readonly at: number;
  /** Until when what is taken now may be used later, ms: the end of the epoch; -Infinity where it is now or never. */
  readonly end: number;
  /** Whether there is room for the cost. */
  readonly fits: boolean;
  /** Whole units free before the request takes any; never below 0. */
  readonly left: number;
  /** The first instant from `time` on at which there is room; far where the cost exceeds the limit: see `neverFits`. */
  readonly retryAt: number;
  /** When the whole limit is free if nothing more is sent. */
  readonly resetAt: number;
}

/** What this container last saw of a cell. */
export interface CellBelief extends CellState {
  /** When the request whose answer this is was sent, on this container's clock; -Infinity before the first. */
  readonly seenAt: number;
  /** What `observe` returned last; 0 before. */
  readonly othersRate: number;
}

/**
 * When to ask again with a cost that is above the limit. No instant is right, since it never passes as long as the
 * policy is as it is; a window's length keeps such a caller from asking at once.
 */
export const neverFits = (time: number, windowMs: number): number => time + windowMs;
