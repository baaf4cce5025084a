import { isOfAnother, OF_ANOTHER, type Override, overrideOf, untilOf } from '../identity/read-override.ts';
import type { Order } from '../identity/registry-reader.ts';
import { cellOf } from '../limiter/cells/cell-of.ts';
import { bucketBudget, burstInProportion, MOST_LOGGED, queueBudget, sizeOf, windowBudget } from '../policy/budget.ts';
import type { Budget, Limit, Policy } from '../policy/policy.ts';
import { parseRate, type Rate } from '../policy/rate.ts';
import { REGISTRY } from '../store/registry-keys.ts';

/**
 * An override for a limit of a function's own. The command line does not know that limit: it names a rate, and the function
 * makes the budgets of it, by the algorithm that the limit has.
 *
 * @returns a sentence where the limit cannot count by it; undefined for what is meant for the gate or for another function
 */
export function readOwnOverride(order: Order, policy: Policy): Override | string | undefined {
  const { key, fields } = order;
  if (fields[REGISTRY.ownField] === undefined) return undefined;
  const name = key.slice(REGISTRY.overridePrefix.length);
  const limit = policy.limits.find((one) => one.name === name);
  if (!limit) return undefined;
  const until = untilOf(fields);
  if (until === undefined) return 'it does not say until when';
  const rate = parseRate(fields.rate ?? '');
  if (!('limit' in rate)) return 'its rate is none';
  const budgets = new Map<string, Budget>();
  for (const [tier, budget] of Object.entries(limit.budgets)) {
    const changed = atRate(limit, budget, rate);
    if (!changed) return `${budget.algorithm} cannot count by its rate`;
    if (isOfAnother(policy, name, changed)) return OF_ANOTHER;
    budgets.set(tier, changed);
  }
  return overrideOf(order, name, undefined, budgets, until);
}

/** The budget with another rate. What the policy file may not say is refused here too. */
function atRate(limit: Limit, budget: Budget, rate: Rate): Budget | undefined {
  const { algorithm, windowMs, epochMs, queue = 1, maxDelayMs = 1 } = budget;
  if (rate.calendar !== undefined && algorithm !== 'fixed-window') return undefined;
  if (algorithm === 'sliding-window-log' && rate.limit > MOST_LOGGED) return undefined;
  try {
    const changed =
      algorithm === 'token-bucket'
        ? bucketBudget(limit.name, rate, burstInProportion(rate, budget))
        : algorithm === 'leaky-bucket'
          ? queueBudget(limit.name, rate, queue, maxDelayMs)
          : windowBudget(limit.name, algorithm, rate, windowMs / epochMs === 20 ? 20 : undefined);
    cellOf(changed);
    const dearest = Math.max(limit.cost, ...(limit.costs ?? []).map(({ cost }) => cost));
    return sizeOf(changed) < dearest ? undefined : changed;
  } catch {
    return undefined;
  }
}
