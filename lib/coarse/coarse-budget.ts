import { sizeOf } from '../../lambda/policy/budget.ts';
import type { Budget, Limit, Policy } from '../../lambda/policy/policy.ts';

/** What API Gateway's own throttles take: a bucket that refills with `rateLimit` a second and holds `burstLimit`. */
export interface Throttle {
  /** Requests a second, whole, at least 1. */
  readonly rateLimit: number;
  /** Whole, at least 1. */
  readonly burstLimit: number;
}

/**
 * The throttle that lets through all that the tier's fastest `per: client` budget allows. Only enforced limits on every
 * route count: a limit on some routes says nothing about the others.
 */
export function tierThrottle(policy: Policy, tier: string): Throttle | undefined {
  return fastest(policy, 'client', (limit) => [limit.budgets[tier]!]);
}

/** The throttle that lets through all that the policy's `per: all` limits on every route allow, to any tier. */
export function stageThrottle(policy: Policy): Throttle | undefined {
  return fastest(policy, 'all', (limit) => Object.values(limit.budgets));
}

function fastest(policy: Policy, per: Limit['per'], budgetsOf: (limit: Limit) => Budget[]): Throttle | undefined {
  const throttles = policy.limits
    .filter((limit) => limit.per === per && limit.routes === undefined && limit.mode === 'enforce')
    .flatMap(budgetsOf)
    .map(throttleOf);
  if (throttles.length === 0) return undefined;
  return {
    rateLimit: Math.max(...throttles.map(({ rateLimit }) => rateLimit)),
    burstLimit: Math.max(...throttles.map(({ burstLimit }) => burstLimit)),
  };
}

/** Rounded so that the gateway never refuses what the budget allows: it is a backstop, not the limit. */
function throttleOf(budget: Budget): Throttle {
  return { rateLimit: Math.ceil((budget.limit * 1000) / budget.windowMs), burstLimit: most(budget) };
}

/** The most that can come in one instant: around the edge of a window that does not slide, its whole limit twice. */
function most(budget: Budget): number {
  const { algorithm, limit } = budget;
  if (algorithm === 'fixed-window' || algorithm === 'sliding-window-counter') return 2 * limit;
  return sizeOf(budget);
}
