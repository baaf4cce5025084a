import type { Algorithm, Budget, Limit } from './policy.ts';

/**
 * How many writes a second an item takes: an estimate, fitted to the simulation of `bench/ceiling.ts` and compared with
 * it by a test. What it rests on is in docs/reference/shared-limits.md.
 */
export interface WriteRate {
  /** Containers among which the requests are spread evenly. */
  readonly containers: number;
  /** As many as the limits let pass. */
  readonly requestsPerSecond: number;
  /** While as many requests come as pass. */
  readonly writesPerSecond: number;
  /** While twice as many come. */
  readonly overloadedWritesPerSecond: number;
  /** Whether several requests are paid for by one write. */
  readonly leased: boolean;
}

/** DynamoDB takes about this many writes a second on one item. */
export const ITEM_WRITES_PER_SECOND = 1000;
/** From here on a policy is warned: the estimate is not that exact, and load is never even. */
export const NEARLY_TOO_MANY = 800;

/** A container is taken to be busy with a request for 12.5 ms, so that it answers 80 a second. */
const REQUESTS_PER_CONTAINER = 80;
const FEWEST_CONTAINERS = 8;

export const containersFor = (requestsPerSecond: number): number =>
  Math.max(FEWEST_CONTAINERS, Math.ceil(requestsPerSecond / REQUESTS_PER_CONTAINER));

/** Limits that are met together, on one item: they are paid for by the same write. */
export interface Together {
  readonly budgets: readonly Budget[];
  /** Requests that pass them all, per second. */
  readonly requestsPerSecond: number;
}

export function together(limits: readonly Limit[]): Together {
  const budgets = limits.map(busiest);
  const rates = limits.map((limit, i) => requestsPerSecond(budgets[i]!) / leastCost(limit));
  return { budgets, requestsPerSecond: Math.min(...rates) };
}

/** @param shared whether all callers meet the item, so that units are taken ahead */
export function writeRate({ budgets, requestsPerSecond }: Together, shared: boolean, containers: number): WriteRate {
  const leased = shared && budgets.every(isLeased);
  const epoch = Math.min(...budgets.map(({ epochMs }) => epochMs)) / 1000;
  const below = leased
    ? containers * leaseWrites(requestsPerSecond / containers, epoch)
    : requestsPerSecond * Math.max(...budgets.map((budget) => unleasedWrites(budget, shared)));
  const over = [below, ...budgets.map((budget) => overloaded(budget, requestsPerSecond, containers, shared))];
  return {
    containers,
    requestsPerSecond,
    writesPerSecond: Math.round(below),
    overloadedWritesPerSecond: Math.round(Math.max(...over)),
    leased,
  };
}

/**
 * Writes of one container per second, for `demand` requests per second. In each epoch it needs a lease to begin with and
 * further ones towards the end, which get smaller: the more, the shorter the epoch.
 * An epoch longer than a second is leased second by second.
 */
function leaseWrites(demand: number, epoch: number): number {
  const last = Math.min(epoch, 1);
  const requests = demand * last;
  const more = Math.log(Math.max(1, requests));
  const atTheEnd = Math.min(requests, epoch < 0.5 ? 1 + 0.8 * more : 2 + 0.25 * more);
  return (atTheEnd + (epoch - last) * Math.min(demand, 1.3)) / epoch;
}

const LEASED: ReadonlySet<Algorithm> = new Set([
  'fixed-window',
  'sliding-window',
  'sliding-window-counter',
  'token-bucket',
]);
/** A counter fades in hundredths of its window. Within a shorter one leases save nothing near the limit. */
const SHORTEST_LEASED_COUNTER_MS = 10_000;

const isFading = ({ algorithm }: Budget): boolean => algorithm === 'sliding-window-counter';
const isLeased = (budget: Budget): boolean =>
  LEASED.has(budget.algorithm) && !(isFading(budget) && budget.windowMs < SHORTEST_LEASED_COUNTER_MS);

/** Writes per request that passes: more than one where containers have to guess. */
function unleasedWrites({ algorithm }: Budget, shared: boolean): number {
  if (!shared) return 1;
  return { 'sliding-window-log': 1.7, 'leaky-bucket': 1.2, 'sliding-window-counter': 1.3 }[algorithm as string] ?? 1;
}

/**
 * Writes per second at twice the load, where they are more than at the limit: room comes free in small pieces, and each
 * is a reason to ask again. Where pieces are as short as a write takes, writers get in each other's way.
 */
function overloaded(budget: Budget, perSecond: number, containers: number, shared: boolean): number {
  const { algorithm, windowMs } = budget;
  if (algorithm === 'leaky-bucket') return perSecond * (perSecond > 100 ? 11 : 3.2);
  if (!shared) return 0;
  if (algorithm === 'sliding-window-log') return perSecond * 2.6;
  if (!isFading(budget)) return 0;
  if (windowMs < 2000) return perSecond * (perSecond > 1000 ? 6.5 : 4);
  if (windowMs < SHORTEST_LEASED_COUNTER_MS) return perSecond * (perSecond > 200 ? 2.1 : 3.1);
  return (500_000 * Math.sqrt(containers)) / windowMs;
}

function busiest(limit: Limit): Budget {
  return Object.values(limit.budgets).reduce((a, b) => (requestsPerSecond(b) > requestsPerSecond(a) ? b : a));
}

function requestsPerSecond({ limit, windowMs }: Budget): number {
  return (limit * 1000) / windowMs;
}

function leastCost({ cost, costs = [] }: Limit): number {
  return Math.min(cost, ...costs.map((one) => one.cost));
}
