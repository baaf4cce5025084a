import { compilePath, pathsOverlap } from '../../policy/pattern.ts';
import type { RoutePattern } from '../../policy/policy.ts';
import type { RestMethod } from './rest-state.ts';

type Route = Pick<RestMethod, 'method' | 'path'>;

export interface Selection<T extends Route> {
  readonly methods: readonly T[];
  /** Routes of the target that no request on this API can match. */
  readonly unknown: readonly RoutePattern[];
}

/**
 * The methods that serve requests of these routes; absent: all. `OPTIONS` is never among them: a browser's preflight
 * carries no credentials and its answer must not depend on a limit.
 *
 * A route whose own template the API has is that method. Otherwise it is every method that could get such a request, as
 * `ANY /{proxy+}` gets `POST /login`.
 */
export function selectMethods<T extends Route>(
  methods: readonly T[],
  routes: readonly RoutePattern[] | undefined,
): Selection<T> {
  const candidates = methods.filter(({ method }) => method !== 'OPTIONS');
  if (routes === undefined) return { methods: candidates, unknown: [] };
  const selected = new Set<T>();
  const unknown: RoutePattern[] = [];
  for (const route of routes) {
    const found = methodsOf(candidates, route);
    for (const method of found) selected.add(method);
    if (found.length === 0) unknown.push(route);
  }
  return { methods: candidates.filter((method) => selected.has(method)), unknown };
}

function methodsOf<T extends Route>(candidates: readonly T[], { method, path }: RoutePattern): readonly T[] {
  const ofMethod = candidates.filter((one) => method === 'ANY' || one.method === 'ANY' || one.method === method);
  const same = ofMethod.filter((one) => shapeOf(one.path) === shapeOf(path));
  if (same.length > 0 && !path.endsWith('*')) return same;
  const wanted = compilePath(path);
  return ofMethod.filter((one) => pathsOverlap(wanted, compilePath(one.path)));
}

/** A path without the names of its parameters. */
const shapeOf = (path: string): string =>
  path
    .split('/')
    .filter(Boolean)
    .map((part) => (/^\{[^+]*\}$/.test(part) ? '{}' : part))
    .join('/');
