import type { Limiter } from '../../lambda/limiter/limiter.ts';
import type { Receipt } from './judge.ts';

export type Decides = Pick<Limiter, 'decide' | 'refund'>;

/** A container: its clock's error, and what it remembers. */
export interface Instance {
  offset: number;
  limiter: Decides;
}

/** One request. */
export interface Operation {
  readonly instance: Instance;
  readonly limiter: Decides;
  readonly cost: number;
  /** It gives back what another one took. */
  readonly refund: boolean;
  /** Requests and answers of it that were lost. */
  lost: number;
  /** What its container's clock said last, and the true time then. */
  clock: number;
  at: number;
  /** The earliest that it said, and the true time at the start. */
  readonly earliest: { clock: number; readonly at: number };
  /** By subject: its write whose answer has come; of a refund the writes of the request that it is for. */
  readonly receipts: Map<string, Receipt>;
}
