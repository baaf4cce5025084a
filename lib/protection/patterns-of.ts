import type { RoutePattern } from '../../lambda/policy/policy.ts';

/** Routes as patterns (`POST /login`, `$default`), without those that only deployment knows. */
export function patternsOf(routes: readonly (string | undefined)[]): readonly RoutePattern[] {
  return routes
    .filter((route) => route !== undefined)
    .map((route) => {
      const [method = 'ANY', path] = route.split(' ');
      return path === undefined ? { method: 'ANY', path: route } : { method, path };
    });
}
