import type { Assignment, Condition, ConditionalWrite, Operand } from './counter-store.ts';

/** A conditional write in the making: each cell adds what it requires, sets and removes. */
export class WriteDraft implements ConditionalWrite {
  readonly conditions: Condition[] = [];
  readonly assignments: Assignment[] = [];
  readonly #removals = new Set<string>();

  get removals(): readonly string[] {
    return [...this.#removals];
  }

  require(condition: Condition): void {
    this.conditions.push(condition);
  }

  assign(attribute: string, start: Operand, add: Operand): void {
    this.assignments.push({ attribute, start, add });
  }

  remove(attribute: string): void {
    this.#removals.add(attribute);
  }

  /**
   * The order guard: epochs only move forward on the server.
   *
   * ```
   * slow clock, or a request long in flight    the item
   *        |                                   newest = 8: a writer of epoch 8 has counted epochs 0..7 as they were
   *        |-- count me in epoch 7 ----------> 8 <= 7 fails: epoch 7 is frozen
   *        |<---------------- the whole item --|
   *        |-- count me in epoch 8 ----------> 8 <= 8 holds
   * ```
   *
   * So the counts of older epochs in anybody's belief are exact and need no condition, and nobody adds to, or misses,
   * what another has already removed. Without it a limit of 100 let 130 through at a lateness of three epochs.
   */
  guardOrder(cellId: string, epoch: number): void {
    this.require({ kind: 'absent-or-at-most', attribute: cellId, value: epoch });
    this.assign(cellId, epoch, 0);
  }
}

export const atMost = (attribute: string, value: number): Condition => ({ kind: 'at-most', attribute, value });
export const absentOrAtMost = (attribute: string, value: number): Condition => ({
  kind: 'absent-or-at-most',
  attribute,
  value,
});
export const above = (attribute: string, value: number): Condition => ({ kind: 'above', attribute, value });
export const atMostOther = (attribute: string, other: string): Condition => ({
  kind: 'at-most-other',
  attribute,
  other,
});
export const absent = (attribute: string): Condition => ({ kind: 'absent', attribute });
export const any = (...of: Condition[]): Condition => ({ kind: 'any', of });
export const all = (...of: Condition[]): Condition => ({ kind: 'all', of });
