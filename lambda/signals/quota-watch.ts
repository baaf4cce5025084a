import { BoundedMap } from '../limiter/bounded-map.ts';
import type { LimitStatus } from '../limiter/verdict.ts';
import type { Limit } from '../policy/policy.ts';
import { QUOTA_NEAR_PERCENT } from './metric-names.ts';

/** How many crossings are remembered, so that none is counted twice. */
const MOST_CROSSINGS = 1000;
/** The shortest period of the calendar. */
const DAY_MS = 86_400_000;

/**
 * Notices subjects that cross `QUOTA_NEAR_PERCENT` of an enforced limit of a calendar period.
 *
 * Counts are exact in the store, so of the requests of all containers it is one that crosses the line, and the container
 * that decides it counts it: the others see more used than that by more than a request can cost. Where costs differ, small
 * requests near the line are counted in as many containers as the largest cost at most. A limit that many share is taken
 * ahead, several units at once, and its line can be passed unseen: it is counted once in each container and period.
 *
 * @returns takes a decision's limits and says how many have crossed it with this decision; `onNear` is told of each
 */
export function quotaWatch(
  limits: readonly Limit[],
): (statuses: readonly LimitStatus[], onNear?: (status: LimitStatus) => void) => number {
  /** The most that a request takes; unbounded for a limit that many share. */
  const steps = new Map(limits.filter(isQuota).map((limit) => [limit.name, stepOf(limit)]));
  const crossed = new BoundedMap<true>(MOST_CROSSINGS);
  return (statuses, onNear) => {
    if (steps.size === 0) return 0;
    let near = 0;
    for (const status of statuses) {
      const { name, subject, limit, windowMs, remaining, resetAt, mode } = status;
      const step = steps.get(name);
      // An override can make it a limit of minutes for a time.
      if (step === undefined || mode === 'shadow' || windowMs < DAY_MS) continue;
      const line = (limit * QUOTA_NEAR_PERCENT) / 100;
      const used = limit - remaining;
      if (used < line || used - step >= line) continue;
      const key = `${name} ${resetAt} ${subject}`;
      if (crossed.get(key)) continue;
      crossed.set(key, true);
      near++;
      onNear?.(status);
    }
    return near;
  };
}

const isQuota = ({ budgets }: Limit): boolean => Object.values(budgets).some(({ calendar }) => calendar !== undefined);

function stepOf({ per, cost, costs = [] }: Limit): number {
  const isShared = per === 'all' || per === 'route';
  return isShared ? Number.POSITIVE_INFINITY : Math.max(cost, ...costs.map((route) => route.cost));
}
