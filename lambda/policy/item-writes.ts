import { routeText } from './match.ts';
import type { Limit } from './policy.ts';
import { containersFor, together, type WriteRate, writeRate } from './write-rate.ts';

/** The writes of one item: a shared one, or that of a single caller. */
export interface ItemWrites extends WriteRate {
  /** What it counts, in words: `everything together`, `POST /login`, `one client`. */
  readonly item: string;
  /** Whether all callers write it. */
  readonly shared: boolean;
  /** Names of the limits that are counted on it. */
  readonly limits: readonly string[];
  /** The limit that causes the most of the writes. */
  readonly busiest: string;
}

/**
 * The items that a policy's limits are counted on, shared ones first, with the writes that they take at most.
 *
 * @param containers how many there are; absent: as many as the rate needs, see `containersFor`
 */
export function itemWrites(limits: readonly Limit[], containers?: number): readonly ItemWrites[] {
  const items: ItemWrites[] = [];
  const all = limits.filter(({ per }) => per === 'all');
  if (all.length > 0) items.push(itemOf('everything together', true, sets(all), containers));
  const routes = limits.filter(({ per }) => per === 'route');
  for (const route of new Set(routes.flatMap(routeTexts))) {
    const here = routes.filter((limit) => routeTexts(limit).includes(route));
    items.push(itemOf(route, true, [here], containers));
  }
  for (const limit of limits) {
    if (limit.per === 'client' || limit.per === 'address') {
      items.push(itemOf(`one ${limit.per}`, false, [[limit]], containers));
    }
  }
  return items;
}

const routeTexts = ({ routes = [] }: Limit): string[] => routes.map(routeText);

/**
 * The sets of limits that a request can meet together: those of every route, alone and with those of each list of routes.
 * Requests of different sets are paid for by different writes.
 */
function sets(limits: readonly Limit[]): readonly (readonly Limit[])[] {
  const everywhere = limits.filter(({ routes }) => routes === undefined);
  const lists = new Map<string, Limit[]>();
  for (const limit of limits) {
    if (limit.routes === undefined) continue;
    const key = JSON.stringify(routeTexts(limit).sort());
    lists.set(key, [...(lists.get(key) ?? everywhere), limit]);
  }
  return [...(everywhere.length > 0 ? [everywhere] : []), ...lists.values()];
}

function itemOf(item: string, shared: boolean, met: readonly (readonly Limit[])[], given?: number): ItemWrites {
  const groups = met.map(together);
  const containers = given ?? containersFor(Math.max(...groups.map(({ requestsPerSecond }) => requestsPerSecond)));
  const rates = groups.map((group) => writeRate(group, shared, containers));
  const sum = (of: (rate: WriteRate) => number): number => rates.reduce((total, rate) => total + of(rate), 0);
  const most = rates.map(mostOf).indexOf(Math.max(...rates.map(mostOf)));
  const alone = met[most]!.map((limit) => mostOf(writeRate(together([limit]), shared, containers)));
  return {
    item,
    shared,
    limits: [...new Set(met.flat().map(({ name }) => name))],
    busiest: met[most]![alone.indexOf(Math.max(...alone))]!.name,
    containers,
    requestsPerSecond: Math.max(...rates.map((rate) => rate.requestsPerSecond)),
    writesPerSecond: sum((rate) => rate.writesPerSecond),
    overloadedWritesPerSecond: sum((rate) => rate.overloadedWritesPerSecond),
    leased: rates.every((rate) => rate.leased),
  };
}

const mostOf = (rate: WriteRate): number => Math.max(rate.writesPerSecond, rate.overloadedWritesPerSecond);
