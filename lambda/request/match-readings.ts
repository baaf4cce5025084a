import { type MatchedLimit, matchLimits, type RouteRequest, routeText } from '../policy/match.ts';
import type { Policy } from '../policy/policy.ts';

/** A request whose path can be read in more than one way. */
export interface ReadableRequest extends RouteRequest {
  /** Further readings of `path`. */
  readonly otherPaths?: readonly string[];
}

/** The limits that count a request under any reading of its path, in the policy's order, each at its highest cost. */
export function matchReadings(policy: Policy, request: ReadableRequest): readonly MatchedLimit[] {
  const matched = matchLimits(policy, request);
  if (request.otherPaths === undefined || request.otherPaths.length === 0) return matched;
  const found = new Map<string, MatchedLimit>();
  for (const path of [request.path, ...request.otherPaths]) {
    for (const match of matchLimits(policy, { ...request, path })) {
      const key = keyOf(match);
      const known = found.get(key);
      if (known === undefined || known.cost < match.cost) found.set(key, match);
    }
  }
  const order = new Map(policy.limits.map(({ name }, at) => [name, at]));
  return [...found.values()].sort((a, b) => order.get(a.limit.name)! - order.get(b.limit.name)!);
}

/** Only `per: route` limits count once for each of their routes. */
const keyOf = ({ limit, route }: MatchedLimit): string =>
  limit.per === 'route' && route ? `${limit.name} ${routeText(route)}` : limit.name;
