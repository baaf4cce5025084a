import type { Budget, Limit, Policy, RouteCost, RoutePattern } from '../../lambda/policy/policy.ts';

export const BUDGET: Budget = { algorithm: 'fixed-window', limit: 5, windowMs: 1000, epochMs: 1000, cellId: 'abc' };

/** `POST /login` as a policy's route. */
export function route(text: string): RoutePattern {
  const [method = '', path = ''] = text.split(' ');
  return { method, path };
}

/** A limit that only its routes matter of. */
export function limitOn(name: string, routes?: readonly string[], more: Partial<Limit> = {}): Limit {
  return {
    name,
    per: 'address',
    ...(routes && { routes: routes.map(route) }),
    budgets: { default: BUDGET },
    cost: 1,
    mode: 'enforce',
    onStoreFailure: 'allow',
    ...more,
  };
}

export const costOn = (text: string, cost: number): RouteCost => ({ ...route(text), cost });

export function policyOf(...limits: readonly Limit[]): Policy {
  return { format: 1, identify: [], anonymous: 'allow', tiers: ['default'], limits, exempt: [] };
}
