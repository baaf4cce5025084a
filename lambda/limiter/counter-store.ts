/**
 * What the limiter asks of a store: one atomic conditional write on one item of whole numbers, answered with the item.
 * `store/dynamodb.ts` renders it as an UpdateItem; `store/memory.ts` carries it out on a map.
 */
export interface CounterStore {
  /**
   * Applies `write` if its condition holds, atomically.
   *
   * @returns the whole item after the write, or, where the condition failed, the whole item that it failed on
   * @throws StoreError where it is not known what happened, or that nothing did
   */
  update(subject: string, write: ConditionalWrite, options?: UpdateOptions): Promise<WriteOutcome>;
  /**
   * A view of this store for the writes of one decision: a deadline counts from this call and holds for all of them.
   * Absent: the store itself serves.
   */
  forDecision?(): Pick<CounterStore, 'update'>;
}

export interface UpdateOptions {
  /** Aborted when the answer is no longer waited for. */
  readonly signal?: AbortSignal;
  /** Never sent again, whatever becomes of it: done twice it would do harm. */
  readonly once?: boolean;
}

/** Attribute names to whole numbers below 2^53. */
export type CounterItem = Readonly<Record<string, number>>;

export type WriteOutcome = (
  | { readonly applied: true; readonly item: CounterItem }
  | { readonly applied: false; readonly item: CounterItem | undefined }
) & {
  /** How many writes were sent for this answer, retries included; absent: 1. */
  readonly sent?: number;
};

/** All conditions must hold on the item as it was; operands read the item as it was. */
export interface ConditionalWrite {
  readonly conditions: readonly Condition[];
  readonly assignments: readonly Assignment[];
  readonly removals: readonly string[];
}

export type Condition =
  /** `attribute <= value`; a missing attribute fails. */
  | { readonly kind: 'at-most'; readonly attribute: string; readonly value: number }
  /** `attribute <= value`, or the attribute is missing. */
  | { readonly kind: 'absent-or-at-most'; readonly attribute: string; readonly value: number }
  /** `attribute > value`; a missing attribute fails. */
  | { readonly kind: 'above'; readonly attribute: string; readonly value: number }
  /** `attribute <= other`, both attributes of the item; where either is missing it fails. */
  | { readonly kind: 'at-most-other'; readonly attribute: string; readonly other: string }
  | { readonly kind: 'absent'; readonly attribute: string }
  | { readonly kind: 'any'; readonly of: readonly Condition[] }
  | { readonly kind: 'all'; readonly of: readonly Condition[] };

/** `attribute = start + add`. */
export interface Assignment {
  readonly attribute: string;
  readonly start: Operand;
  readonly add: Operand;
}

/** A literal, or the first of `attributes` that exists, else `otherwise`. */
export type Operand = number | { readonly firstOf: readonly string[]; readonly otherwise: number };
