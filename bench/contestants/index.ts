import type { Contestant } from './contestant.ts';
import { handMade } from './fixed-window.ts';
import { headgateBucket, headgateFixed, headgateSliding } from './headgate.ts';
import { peer, peerWithMemory } from './rate-limiter-flexible.ts';
import { transactions } from './transactions.ts';

/** In the order of the tables. */
export const CONTESTANTS: readonly Contestant[] = [
  headgateSliding,
  headgateFixed,
  headgateBucket,
  peer,
  peerWithMemory,
  handMade,
  transactions,
];
