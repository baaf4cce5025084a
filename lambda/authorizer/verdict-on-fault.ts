import type { Caller } from '../identity/caller.ts';
import type { LimitStatus, Verdict } from '../limiter/verdict.ts';
import { sizeOf } from '../policy/budget.ts';
import type { MatchedLimit } from '../policy/match.ts';
import type { Policy } from '../policy/policy.ts';
import { chargesFor } from '../request/charges.ts';

/** How soon to ask again where a fault denies, ms. */
const RETRY_MS = 1000;

/**
 * The verdict where something failed that should not: every limit that the request may meet answers by its
 * `onStoreFailure`.
 *
 * @param matched undefined: it is not known which limits the request meets, so it may meet all
 */
export function verdictOnFault(
  policy: Policy,
  matched: readonly MatchedLimit[] | undefined,
  caller: Caller,
  now: number,
): Verdict {
  const possible = matched ?? policy.limits.map((limit) => ({ limit, cost: limit.cost }));
  const limits = chargesFor(policy, possible, caller).flatMap(({ subject, charges }) =>
    charges.map(({ name, mode, budget, onStoreFailure }): LimitStatus => {
      const allowed = mode === 'shadow' || onStoreFailure === 'allow';
      const limit = sizeOf(budget);
      const status = { name, subject, mode, limit, windowMs: budget.windowMs, resetAt: now + budget.windowMs, allowed };
      return allowed ? { ...status, remaining: limit } : { ...status, remaining: 0, retryAt: now + RETRY_MS };
    }),
  );
  const denying = limits.find((status) => !status.allowed);
  if (denying === undefined) return { allowed: true, limits, failure: 'unavailable', writes: 0 };
  return { allowed: false, limits, binding: denying, retryAt: now + RETRY_MS, failure: 'unavailable', writes: 0 };
}
