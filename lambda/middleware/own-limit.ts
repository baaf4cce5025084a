import { HeadgateError } from '../errors/headgate-error.ts';
import { bucketBudget, MOST_LOGGED, smallestBurst, windowBudget } from '../policy/budget.ts';
import type { Budget, Limit, Policy } from '../policy/policy.ts';
import { parseRate, type Rate } from '../policy/rate.ts';

/** One limit, written where it is used. The words are the policy file's. */
export interface OwnLimit {
  /** Lower-case letters, digits and `-`, at most 32: names the limit in answers, and its counters. */
  readonly name: string;
  /** `5/hour`, `100/15 minutes`, `10000/calendar-month`. */
  readonly rate: string;
  /** @default 'sliding-window' - at most the rate in any window; of a calendar rate 'fixed-window' */
  readonly algorithm?:
    | 'sliding-window'
    | 'sliding-window-counter'
    | 'sliding-window-log'
    | 'fixed-window'
    | 'token-bucket';
  /** `token-bucket`: how much may come at once after a rest. */
  readonly burst?: number;
  /** `shadow`: counted and told, never enforced. @default 'enforce' */
  readonly mode?: 'enforce' | 'shadow';
  /** The answer while the table cannot be asked. @default 'allow' */
  readonly onStoreFailure?: 'allow' | 'deny';
}

/** HG342: options of `rateLimit` that make no limit. */
export class RateLimitOptionsError extends HeadgateError {
  constructor(problem: string, allowed: string) {
    super('HG342', `rateLimit: ${problem}; allowed: ${allowed}`);
  }
}

const NAME = /^[a-z0-9]([a-z0-9-]{0,30}[a-z0-9])?$/;

/**
 * A policy of this one limit on every route.
 *
 * @param per whom it counts
 * @throws RateLimitOptionsError
 */
export function policyOfOwnLimit(own: OwnLimit, per: 'client' | 'address'): Policy {
  const { name, mode = 'enforce', onStoreFailure = 'allow' } = own;
  if (typeof name !== 'string' || !NAME.test(name)) {
    throw new RateLimitOptionsError(
      `the name is ${JSON.stringify(name)}`,
      'lower-case letters, digits and -, at most 32',
    );
  }
  const limit: Limit = { name, per, budgets: { [TIER]: budgetOf(own) }, cost: 1, mode, onStoreFailure };
  return { format: 1, identify: [], anonymous: 'allow', tiers: [TIER], limits: [limit], exempt: [] };
}

/** There is one tier only. */
const TIER = 'any';

function budgetOf({ name, rate: text, algorithm, burst }: OwnLimit): Budget {
  const rate = parseRate(text);
  if (!('limit' in rate)) throw new RateLimitOptionsError(`${name}: ${rate.message} (${rate.mend})`, rate.allowed);
  const counts = algorithm ?? (rate.calendar ? 'fixed-window' : 'sliding-window');
  if (rate.calendar && counts !== 'fixed-window') {
    throw new RateLimitOptionsError(
      `${name}: ${counts} of ${text}`,
      'calendar rates with fixed-window, or without algorithm',
    );
  }
  if (counts === 'token-bucket') return bucketBudget(name, rate, checkedBurst(name, rate, burst));
  if (burst !== undefined)
    throw new RateLimitOptionsError(`${name}: ${counts} has no burst`, 'burst with token-bucket');
  if (counts === 'sliding-window-log' && rate.limit > MOST_LOGGED) {
    throw new RateLimitOptionsError(`${name}: a sliding-window-log of ${text}`, `at most ${MOST_LOGGED} in its window`);
  }
  return windowBudget(name, counts, rate);
}

function checkedBurst(name: string, rate: Rate, burst: number | undefined): number {
  const least = smallestBurst(rate);
  if (burst !== undefined && Number.isSafeInteger(burst) && burst >= least) return burst;
  throw new RateLimitOptionsError(`${name}: a burst of ${burst}`, `a whole number from ${least}`);
}
