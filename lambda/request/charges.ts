import type { Caller } from '../identity/caller.ts';
import type { Charge, SubjectCharges } from '../limiter/verdict.ts';
import { type MatchedLimit, routeText } from '../policy/match.ts';
import type { Budget, Limit, Policy } from '../policy/policy.ts';

/** The budget that a limit has for a tier at present instead of the policy's; undefined: the policy's. */
export type BudgetNow = (limit: string, tier: string) => Budget | undefined;

/**
 * What a request takes, grouped by whom it counts for: one entry, and so one write, for each subject. Subjects stand in
 * the order of their first limit, the limits of each in the policy's.
 */
export function chargesFor(
  policy: Policy,
  matched: readonly MatchedLimit[],
  caller: Caller,
  budgetNow?: BudgetNow,
): readonly SubjectCharges[] {
  const bySubject = new Map<string, { charges: Charge[]; shared: boolean }>();
  for (const match of matched) {
    const subject = subjectOf(match, caller);
    const charge = chargeOf(policy, match, caller.tier, budgetNow);
    const shared = match.limit.per === 'all' || match.limit.per === 'route';
    const entry = bySubject.get(subject);
    if (entry) entry.charges.push(charge);
    else bySubject.set(subject, { charges: [charge], shared });
  }
  return [...bySubject].map(([subject, { charges, shared }]) => ({ subject, charges, ...(shared ? { shared } : {}) }));
}

/**
 * The charges of the caller's address alone. They are the same whoever the caller turns out to be, since only clients
 * have a tier: what can be denied before anybody is looked up.
 */
export function addressCharges(
  policy: Policy,
  matched: readonly MatchedLimit[],
  address: string,
  budgetNow?: BudgetNow,
): readonly SubjectCharges[] {
  const certain = matched.filter(({ limit }) => limit.per === 'address');
  return chargesFor(policy, certain, { address, tier: policy.tiers[0]! }, budgetNow);
}

/** The tier that counts: the policy's default where it does not know the one that the registry names. */
export function tierOf(policy: Policy, tier: string | undefined): string {
  return tier !== undefined && policy.tiers.includes(tier) ? tier : policy.tiers[0]!;
}

function subjectOf({ limit, route }: MatchedLimit, caller: Caller): string {
  switch (limit.per) {
    case 'client':
      return caller.client === undefined ? `address:${caller.address}` : `client:${caller.client}`;
    case 'address':
      return `address:${caller.address}`;
    case 'route':
      // A `per: route` limit always has routes; it counts by the policy's, which callers cannot multiply.
      return `route:${route ? routeText(route) : 'ANY /*'}`;
    case 'all':
      return 'all';
  }
}

function chargeOf(policy: Policy, { limit, cost }: MatchedLimit, tier: string, budgetNow?: BudgetNow): Charge {
  const { name, mode, onStoreFailure } = limit;
  return { name, budget: budgetNow?.(name, tier) ?? budgetOf(policy, limit, tier), cost, mode, onStoreFailure };
}

function budgetOf(policy: Policy, limit: Limit, tier: string): Budget {
  return Object.hasOwn(limit.budgets, tier) ? limit.budgets[tier]! : limit.budgets[policy.tiers[0]!]!;
}
