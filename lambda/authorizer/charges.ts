import type { Caller } from '../identity/caller.ts';
import type { Charge, SubjectCharges } from '../limiter/verdict.ts';
import { type MatchedLimit, routeText } from '../policy/match.ts';
import type { Budget, Limit, Policy } from '../policy/policy.ts';

/** The longest key of an item that an event can lead to; DynamoDB takes 2,048 bytes. */
const MAX_SUBJECT = 512;

/**
 * What a request takes, grouped by whom it counts for: one entry, and so one write, for each subject. Subjects stand in
 * the order of their first limit, the limits of each in the policy's.
 *
 * @param route the API's own route, counted where a `per: route` limit holds for every route: `GET /users/{id}`
 */
export function chargesFor(
  policy: Policy,
  matched: readonly MatchedLimit[],
  caller: Caller,
  route: string,
): readonly SubjectCharges[] {
  const bySubject = new Map<string, Charge[]>();
  for (const match of matched) {
    const subject = subjectOf(match, caller, route);
    const charges = bySubject.get(subject);
    if (charges) charges.push(chargeOf(policy, match, caller.tier));
    else bySubject.set(subject, [chargeOf(policy, match, caller.tier)]);
  }
  return [...bySubject].map(([subject, charges]) => ({ subject, charges }));
}

/**
 * The charges of the caller's address that are the same whoever the caller turns out to be: what can be denied before
 * anybody is looked up.
 */
export function anonymousCharges(
  policy: Policy,
  matched: readonly MatchedLimit[],
  address: string,
): readonly SubjectCharges[] {
  const certain = matched.filter(({ limit }) => limit.per === 'address' && isSameForAllTiers(policy, limit));
  return chargesFor(policy, certain, { address, tier: policy.tiers[0]! }, '');
}

/** The tier that counts: the policy's default where it does not know the one that the registry names. */
export function tierOf(policy: Policy, tier: string | undefined): string {
  return tier !== undefined && policy.tiers.includes(tier) ? tier : policy.tiers[0]!;
}

function subjectOf({ limit, route: pattern }: MatchedLimit, caller: Caller, route: string): string {
  switch (limit.per) {
    case 'client':
      return caller.client === undefined ? `address:${caller.address}` : `client:${caller.client}`;
    case 'address':
      return `address:${caller.address}`;
    case 'route':
      return `route:${pattern ? routeText(pattern) : route}`.slice(0, MAX_SUBJECT);
    case 'all':
      return 'all';
  }
}

function chargeOf(policy: Policy, { limit, cost }: MatchedLimit, tier: string): Charge {
  const { name, mode, onStoreFailure } = limit;
  return { name, budget: budgetOf(policy, limit, tier), cost, mode, onStoreFailure };
}

function budgetOf(policy: Policy, limit: Limit, tier: string): Budget {
  return Object.hasOwn(limit.budgets, tier) ? limit.budgets[tier]! : limit.budgets[policy.tiers[0]!]!;
}

function isSameForAllTiers(policy: Policy, limit: Limit): boolean {
  const [first, ...others] = policy.tiers.map((tier) => budgetOf(policy, limit, tier));
  return others.every(
    (budget) => budget.cellId === first!.cellId && budget.limit === first!.limit && budget.burst === first!.burst,
  );
}
