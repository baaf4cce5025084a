import type { Algorithm } from '../policy/policy.ts';
import { HORIZON_MS, type Make } from './leases.ts';
import type { Ask, Plan } from './plan.ts';

/** The most that one write takes ahead, as a share of what is left: the last units go to whoever comes. */
const SHARE = 0.1;
/**
 * A little less than what is likely to come, so that little is stranded, and a few more, so that the last requests of an
 * epoch do not each need a write: in the simulation of `bench/ceiling.ts` 0.027 instead of 0.062 writes per decision at
 * 0.95 of a ceiling with 128 containers, and 99 % instead of 97 % of it used at twice the load.
 */
const NEARLY_ALL = 0.92;
const A_FEW_MORE = 2;

/**
 * Whose units may be taken ahead of the request that uses them. A queue gives each its own turn, and a log each its own
 * instant; both are for small limits anyway.
 */
const LEASABLE: ReadonlySet<Algorithm> = new Set([
  'fixed-window',
  'sliding-window',
  'sliding-window-counter',
  'token-bucket',
]);

/**
 * Shorter epochs get none of the few more. What is leased is lost with its epoch: with them, a sliding window of
 * 2,000 a second, whose epochs have 100 ms, let 0.86 of a demand of 0.8 of it pass over 32 containers, and all without.
 */
const LONG_EPOCH_MS = 500;

/**
 * How many requests the next write takes ahead: what this container will need until the epoch ends (at most
 * `HORIZON_MS`), and at most a tenth of what is left, less what it holds and what it has already asked for.
 *
 * @param begun when the plan was made, by `Elapsed`
 * @param held requests that are paid for already
 */
export function leaseSize(make: Make, ask: Ask, plan: Plan, begun: number, held: number): number {
  let most = Number.POSITIVE_INFINITY;
  let usableMs = HORIZON_MS;
  let more = A_FEW_MORE;
  for (const [i, { budget, cost }] of ask.charges.entries()) {
    if (!LEASABLE.has(budget.algorithm)) return 0;
    if (!plan.takes[i]) continue;
    if (budget.epochMs < LONG_EPOCH_MS) more = 0;
    const look = plan.looks[i]!;
    most = Math.min(most, Math.floor((look.left * SHARE) / cost));
    usableMs = Math.min(usableMs, look.end - look.at);
  }
  const expected = make.expected(begun);
  if (expected < 1) return 0;
  const coming = (NEARLY_ALL * expected * usableMs) / HORIZON_MS + more;
  return Math.max(0, Math.min(Math.floor(coming), most) - held - make.asked);
}
