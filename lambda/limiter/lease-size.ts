import type { Algorithm } from '../policy/policy.ts';
import { HORIZON_MS, type Make } from './leases.ts';
import type { Ask, Plan } from './plan.ts';

/** The most that one write takes ahead, as a share of what is left: the last units go to whoever comes. */
const SHARE = 0.1;
/**
 * Less than what is likely to come, so that little is stranded: of a large demand 0.92, of a small one, which varies more,
 * what is exceeded three times out of four.
 */
const NEARLY_ALL = 0.92;
const SPREAD = 0.7;
/**
 * A few more, so that the last requests of an epoch do not each need a write; all of them only from a demand of
 * `A_FEW_MORE * DEMAND_FOR_ONE_MORE` a second on. Of a ceiling of 100 a second over 32 containers, each of which sees 3
 * requests in a second, two more and 0.92 throughout let 0.72 of a demand of 0.95 pass, and this 0.95.
 */
const A_FEW_MORE = 2;
const DEMAND_FOR_ONE_MORE = 20;

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
 * Shorter epochs get none of the few more, nor less for a small demand: their leases are small anyway. What is leased is
 * lost with its epoch: with a few more, a sliding window of 2,000 a second, whose epochs have 100 ms, let 0.86 of a demand of
 * 0.8 of it pass over 32 containers, and 0.99 without.
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
  let long = true;
  for (const [i, { budget, cost }] of ask.charges.entries()) {
    if (!LEASABLE.has(budget.algorithm)) return 0;
    if (!plan.takes[i]) continue;
    long &&= budget.epochMs >= LONG_EPOCH_MS;
    const look = plan.looks[i]!;
    most = Math.min(most, Math.floor((look.left * SHARE) / cost));
    usableMs = Math.min(usableMs, look.end - look.at);
  }
  const expected = make.expected(begun);
  if (expected < 1) return 0;
  const likely = (expected * usableMs) / HORIZON_MS;
  const coming = long
    ? Math.min(NEARLY_ALL * likely, likely - SPREAD * Math.sqrt(likely)) +
      Math.min(A_FEW_MORE, expected / DEMAND_FOR_ONE_MORE)
    : NEARLY_ALL * likely;
  return Math.max(0, Math.min(Math.floor(coming), most) - held - make.asked);
}
