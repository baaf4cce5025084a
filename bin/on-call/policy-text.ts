import { stringify } from 'yaml';
import { canonicalJson } from '../../lambda/policy/canonical-json.ts';
import { routeText } from '../../lambda/policy/match.ts';
import { parsePolicy } from '../../lambda/policy/parse.ts';
import type { Budget, Limit, Policy } from '../../lambda/policy/policy.ts';
import { rateText } from '../../lambda/policy/rate.ts';

/**
 * Tiers and limits of a compiled policy as the text of a policy file, so that they can be compiled again with a change.
 * Callers, exemptions and headers are not in it.
 *
 * @returns undefined where this version does not compile the text to the same limits: the policy is of another version
 */
export function policyText(policy: Policy): string | undefined {
  const text = written(policy);
  const again = text === undefined ? undefined : parsePolicy(text).policy;
  return again && sameLimits(again, policy) ? text : undefined;
}

/** @returns undefined where its limits have a form that this version does not know */
function written({ tiers, limits }: Policy): string | undefined {
  try {
    return stringify({ tiers, limits: Object.fromEntries(limits.map((limit) => [limit.name, raw(limit, tiers)])) });
  } catch {
    return undefined;
  }
}

/** Whether two policies limit the same, whatever the order of keys in their JSON. */
export function sameLimits(a: Policy, b: Policy): boolean {
  return a.tiers.join() === b.tiers.join() && canonicalJson(a.limits) === canonicalJson(b.limits);
}

/** Names of limits that differ or are in one of them only. */
export function differingLimits(a: Policy, b: Policy): readonly string[] {
  const byName = ({ limits }: Policy) => new Map(limits.map((limit) => [limit.name, canonicalJson(limit)]));
  const [one, other] = [byName(a), byName(b)];
  return [...new Set([...one.keys(), ...other.keys()])].filter((name) => one.get(name) !== other.get(name));
}

function raw({ per, routes, budgets, cost, costs, mode, onStoreFailure }: Limit, tiers: readonly string[]): object {
  const byTier = (value: (budget: Budget) => string | number | undefined) => {
    const values = tiers.map((tier) => [tier, value(budgets[tier]!)] as const);
    return new Set(values.map(([, one]) => one)).size === 1 ? values[0]![1] : Object.fromEntries(values);
  };
  const [first] = Object.values(budgets);
  // A quota of the calendar is a fixed window without that being written.
  const { algorithm = 'sliding-window' } = Object.values(budgets).find(({ calendar }) => calendar === undefined) ?? {};
  const fine = Object.values(budgets).some(
    (one) => one.algorithm === 'sliding-window' && one.windowMs / one.epochMs === 20,
  );
  return {
    per,
    ...(routes && { routes: routes.map(routeText) }),
    rate: byTier(rateText),
    ...(algorithm !== 'sliding-window' && { algorithm }),
    ...(algorithm === 'token-bucket' && { burst: byTier(({ burst }) => burst) }),
    ...(algorithm === 'leaky-bucket' && { queue: byTier(({ queue }) => queue), maxDelay: `${first!.maxDelayMs}ms` }),
    ...(fine && { resolution: 20 }),
    ...(costs ? { cost: Object.fromEntries(costs.map((one) => [routeText(one), one.cost])) } : cost > 1 && { cost }),
    mode,
    onStoreFailure,
  };
}
