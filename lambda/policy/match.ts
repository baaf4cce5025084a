import { type PathForms, pathForms } from './path-forms.ts';
import {
  type CompiledPath,
  type CompiledPattern,
  compilePath,
  compilePattern,
  methodMatches,
  PARAMETER,
  pathsOverlap,
  segmentsMatch,
  templateMatches,
} from './pattern.ts';
import type { Limit, Policy, RoutePattern } from './policy.ts';

export { canonicalPath, pathForms } from './path-forms.ts';

/** What is known of a request's route. All of it but the template comes from the caller. */
export interface RouteRequest {
  readonly method: string;
  /** The API's own route, without method: `resource` (REST) or the path of `routeKey` (HTTP), `$default` included. */
  readonly template?: string | undefined;
  /** As the caller sent it, without stage. */
  readonly path: string;
  /**
   * `pathParameters` of the event. Behind a custom domain with a base path `path` begins with the base path; the
   * parameters tell what the template's own part of it is.
   */
  readonly parameters?: Readonly<Record<string, string | undefined>> | null | undefined;
}

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
type CompiledCost = CompiledPattern & { readonly cost: number };
type Template = CompiledPath & { readonly names: readonly string[] };

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

/** One request, read in every way in which a server may read it. The path is looked at only where it decides. */
class RequestView {
  readonly #request: RouteRequest;
  readonly #method: string;
  readonly #template: Template | undefined;
  #paths: PathForms | undefined;

  constructor(request: RouteRequest) {
    this.#request = request;
    this.#method = request.method.trim().toUpperCase();
    this.#template = request.template === undefined ? undefined : compileTemplate(request.template);
  }

  matchesSome(patterns: readonly CompiledPattern[]): boolean {
    return patterns.some((pattern) => {
      const match = this.#byTemplate(pattern);
      if (match !== 'path') return match === 'all';
      return this.#readings.malformed || this.#readings.forms.some((form) => segmentsMatch(pattern, form));
    });
  }

  /** The first pattern that matches each form; of a malformed path all that could be meant. */
  hits<T extends CompiledPattern>(patterns: readonly T[]): readonly T[] {
    const candidates = patterns.filter((pattern) => this.#byTemplate(pattern) !== 'none');
    const certain = candidates.findIndex((pattern) => this.#byTemplate(pattern) === 'all');
    // Whatever stands behind one that matches every path of the template is never the first.
    const relevant = certain < 0 ? candidates : candidates.slice(0, certain + 1);
    if (certain === 0 || this.#readings.malformed) return relevant;
    const found = new Set<T>();
    for (const form of this.#readings.forms) {
      const first = relevant.find((pattern) => this.#byTemplate(pattern) === 'all' || segmentsMatch(pattern, form));
      if (first !== undefined) found.add(first);
    }
    return relevant.filter((pattern) => found.has(pattern));
  }

  /** The first cost that matches; where the path can be read in several ways the largest of them. */
  costOf(costs: readonly CompiledCost[], otherwise: number): number {
    const everywhere: CompiledCost = { ...EVERYWHERE, cost: otherwise };
    return Math.max(...this.hits([...costs, everywhere]).map(({ cost }) => cost));
  }

  /** Whether all, none, or some paths of the API's route are the pattern's. */
  #byTemplate(pattern: CompiledPattern): 'all' | 'none' | 'path' {
    if (!methodMatches(pattern.method, this.#method)) return 'none';
    if (pattern.open && pattern.segments.length === 0) return 'all';
    if (this.#template === undefined || this.#template.open) return 'path';
    return templateMatches(pattern, this.#template);
  }

  get #readings(): PathForms {
    this.#paths ??= formsOf(this.#request, this.#template);
    return this.#paths;
  }
}

const EVERYWHERE = compilePattern({ method: 'ANY', path: '/*' });

/** All forms of the path, and of the template filled with the parameters, from which a base path is absent. */
function formsOf(request: RouteRequest, template: Template | undefined): PathForms {
  const whole = pathForms(request.path);
  if (template === undefined || template.names.length === 0) return whole;
  const forms = [...whole.forms];
  let { malformed } = whole;
  const values = template.names.map((name) => request.parameters?.[name]);
  if (values.every((value) => value !== undefined)) {
    const rest = [...values];
    const segments = template.segments.map((segment) => (segment === PARAMETER ? rest.shift()! : segment));
    const filled = pathForms(`/${[...segments, ...rest].join('/')}`);
    forms.push(...filled.forms);
    malformed ||= filled.malformed;
  }
  // The template's segments are the last ones of the path, whatever base path comes before them.
  if (!template.open) forms.push(...whole.forms.map((form) => form.slice(-template.segments.length)));
  return { forms, malformed };
}

/** An API has some hundred routes at most; the bound is for callers that hand in something else. */
const MAX_TEMPLATES = 1000;
const templates = new Map<string, Template>();

function compileTemplate(template: string): Template {
  let compiled = templates.get(template);
  if (compiled === undefined) {
    const names = [...template.matchAll(/\{([^{}+]+)\+?\}/g)].map((match) => match[1]!);
    compiled = { ...compilePath(template), names };
    if (templates.size >= MAX_TEMPLATES) templates.clear();
    templates.set(template, compiled);
  }
  return compiled;
}
