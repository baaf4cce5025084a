import { routeText } from '../../lambda/policy/match.ts';
import type { Budget, HeaderStyle, Limit, Policy, Scope } from '../../lambda/policy/policy.ts';

/** What consumers of an API may know of its policy. Everything that is printed for them is made from this alone. */
export interface PublicPolicy {
  /** How a caller shows who it is; empty where nobody can. */
  readonly credentials: readonly Credential[];
  /** Whether a request without a credential is turned away. */
  readonly credentialsNeeded: boolean;
  /** The first is for who shows no credential. */
  readonly tiers: readonly string[];
  readonly limits: readonly PublicLimit[];
  /** Whether all callers share further limits, of which they are not told more. */
  readonly shared: boolean;
  readonly headers: readonly HeaderStyle[];
}

export interface Credential {
  readonly kind: 'apiKey' | 'token';
  /** Lower case. */
  readonly header: string;
}

export interface PublicLimit {
  readonly name: string;
  readonly per: Exclude<Scope, 'route' | 'all'>;
  /** Absent: every route. */
  readonly routes?: readonly string[];
  /** What each tier may do. */
  readonly budgets: Readonly<Record<string, Budget>>;
  readonly cost: number;
  readonly costs: readonly { readonly route: string; readonly cost: number }[];
}

/**
 * Leaves out what consumers should not read: limits in shadow mode, who is exempt, where addresses come from, and the
 * figures of limits that all callers share, which tell what it takes to use the API up.
 *
 * @param tiers those to tell of; absent: all
 */
export function publicPolicy(policy: Policy, tiers: readonly string[] = policy.tiers): PublicPolicy {
  const enforced = policy.limits.filter(({ mode }) => mode === 'enforce');
  return {
    credentials: policy.identify.flatMap((source): Credential[] => {
      if (source.kind === 'apiKey') return [{ kind: 'apiKey', header: source.header }];
      return source.kind === 'jwt' ? [{ kind: 'token', header: source.header }] : [];
    }),
    credentialsNeeded: policy.anonymous === 'reject',
    tiers,
    limits: enforced.flatMap((limit) => publicLimit(limit, tiers) ?? []),
    shared: enforced.some(({ per }) => per === 'route' || per === 'all'),
    headers: policy.headers ?? ['x-ratelimit'],
  };
}

function publicLimit(limit: Limit, tiers: readonly string[]): PublicLimit | undefined {
  const { name, per, routes, budgets, cost, costs = [] } = limit;
  if (per === 'route' || per === 'all') return undefined;
  return {
    name,
    per,
    ...(routes && { routes: routes.map(routeText) }),
    budgets: Object.fromEntries(tiers.map((tier) => [tier, budgets[tier]!])),
    cost,
    costs: costs.map((one) => ({ route: routeText(one), cost: one.cost })),
  };
}
