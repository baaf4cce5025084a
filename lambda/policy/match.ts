import { type CompiledPattern, compilePath, compilePattern, methodMatches, pathsOverlap } from './pattern.ts';
import type { Limit, Policy, RoutePattern } from './policy.ts';
import { type CompiledCost, RequestView, type RouteRequest } from './request-view.ts';

export { canonicalPath, pathForms } from './path-forms.ts';
export type { RouteRequest } from './request-view.ts';

export interface MatchedLimit {
  readonly limit: Limit;
  /** What this request takes, in whole units. */
  readonly cost: number;
  /** Present where the limit has `routes`: the one that matched. `per: route` counts by it. */
  readonly route?: RoutePattern;
}

/**
 * The limits that count a request, in the policy's order.
 *
 * Where API Gateway routed by a specific template, the template decides and the caller's spelling of the path does not
 * matter; where the API's route is greedy or `$default`, every form of the path is tried (`path-forms.ts`). A malformed
 * path takes all limits of its method. A `per: route` limit comes once for each of its routes that could be meant.
 */
export function matchLimits(policy: Policy, request: RouteRequest): readonly MatchedLimit[] {
  const view = new RequestView(request);
  const matched: MatchedLimit[] = [];
  for (const { limit, routes, costs } of compiledLimits(policy)) {
    if (routes !== undefined && !view.matchesSome(routes)) continue;
    const cost = costs.length === 0 ? limit.cost : view.costOf(costs, limit.cost);
    if (routes === undefined) {
      matched.push({ limit, cost });
      continue;
    }
    const hits = view.hits(routes);
    for (const { pattern } of limit.per === 'route' ? hits : hits.slice(0, 1))
      matched.push({ limit, cost, route: pattern });
  }
  return matched;
}

/** `POST /login`: how a route is written in a policy, in messages, and in the subject of a `per: route` limit. */
export function routeText(route: RoutePattern): string {
  return `${route.method} ${route.path}`;
}

/** Whether a request on an API's route (`GET /users/{id}`, `ANY /{proxy+}`, `$default`) can match a policy's route. */
export function routeCouldMatch(apiRoute: string, pattern: RoutePattern): boolean {
  const [method, path] = apiRoute.includes(' ') ? apiRoute.trim().split(/\s+/) : ['ANY', apiRoute.trim()];
  const compiled = compilePattern(pattern);
  if (method !== 'ANY' && !methodMatches(compiled.method, method!.toUpperCase())) return false;
  return pathsOverlap(compiled, compilePath(path!));
}

/** A route of a limit that no route of the protected APIs can ever match. */
export interface UnmatchedRoute {
  /** The limit's name. */
  readonly limit: string;
  /** As in the policy, for example `POST /login`. */
  readonly route: string;
  readonly key: 'routes' | 'cost';
}

/** The policy's routes that exist on none of `apiRoutes`, written as for `routeCouldMatch`. */
export function unmatchedRoutes(policy: Policy, apiRoutes: readonly string[]): readonly UnmatchedRoute[] {
  const lost = (limit: string, key: 'routes' | 'cost', patterns: readonly RoutePattern[] = []): UnmatchedRoute[] =>
    patterns
      .filter((pattern) => !apiRoutes.some((route) => routeCouldMatch(route, pattern)))
      .map((pattern) => ({ limit, route: routeText(pattern), key }));
  return policy.limits.flatMap(({ name, routes, costs }) => [
    ...lost(name, 'routes', routes),
    ...lost(name, 'cost', costs),
  ]);
}

interface CompiledLimit {
  readonly limit: Limit;
  readonly routes?: readonly CompiledPattern[] | undefined;
  readonly costs: readonly CompiledCost[];
}

const compiledPolicies = new WeakMap<Policy, readonly CompiledLimit[]>();

function compiledLimits(policy: Policy): readonly CompiledLimit[] {
  let compiled = compiledPolicies.get(policy);
  if (compiled === undefined) {
    compiled = policy.limits.map((limit) => ({
      limit,
      routes: limit.routes?.map(compilePattern),
      costs: (limit.costs ?? []).map((entry) => ({ ...compilePattern(entry), cost: entry.cost })),
    }));
    compiledPolicies.set(policy, compiled);
  }
  return compiled;
}
