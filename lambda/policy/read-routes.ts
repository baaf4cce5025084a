import { compilePattern, methodMatches, pathsOverlap } from './pattern.ts';
import type { RouteCost, RoutePattern, Scope } from './policy.ts';
import type { Finding } from './problem.ts';
import { isMap, type Report } from './report.ts';
import { parseRoute, routeKey } from './route-syntax.ts';
import type { Path } from './source.ts';

/** A limit's `routes`; undefined where it has none or they are wrong. */
export function readRoutes(
  value: unknown,
  path: Path,
  per: Scope | undefined,
  report: Report,
): readonly RoutePattern[] | undefined {
  if (value === undefined) {
    if (per === 'route')
      report.add(path, needed('`per: route` needs `routes`', 'add `routes:` with a list'), { at: 'key' });
    return undefined;
  }
  if (!Array.isArray(value)) {
    const mend =
      typeof value === 'string' ? `write \`routes: ["${value}"]\`` : 'write each route on its own line after `- `';
    report.add(path, needed('`routes` is not a list', mend));
    return undefined;
  }
  if (value.length === 0) {
    report.add(path, needed('an empty list matches nothing', 'add a route, or take `routes` away for every route'));
    return undefined;
  }
  const routes: RoutePattern[] = [];
  const seen = new Map<string, string>();
  for (const [index, entry] of value.entries()) {
    const route = report.take([...path, index], parseRoute(entry));
    if (route === undefined) continue;
    const key = routeKey(route);
    const before = seen.get(key);
    if (before !== undefined) report.add([...path, index], duplicate(entry, before));
    else routes.push(route);
    seen.set(key, String(entry));
  }
  return routes;
}

/** A limit's `cost`: one number, or numbers by route. */
export function readCost(
  value: unknown,
  path: Path,
  limit: { readonly routes: readonly RoutePattern[] | undefined; readonly capacity: number | undefined },
  report: Report,
): { readonly cost: number; readonly costs?: readonly RouteCost[] } {
  if (value === undefined) return { cost: 1 };
  if (!isMap(value)) return { cost: readUnits(value, path, limit.capacity, report) ?? 1 };
  const costs: RouteCost[] = [];
  const seen = new Map<string, string>();
  for (const [text, units] of Object.entries(value)) {
    const at: Path = [...path, text];
    const cost = readUnits(units, at, limit.capacity, report);
    const route = report.take(at, parseRoute(text), { at: 'key', value: text });
    if (route === undefined) continue;
    const before = seen.get(routeKey(route));
    seen.set(routeKey(route), text);
    if (before !== undefined) report.add(at, duplicate(text, before), { at: 'key', value: text });
    else if (limit.routes && !limit.routes.some((other) => overlap(other, route))) {
      const message = `\`${text}\` is on none of the limit's routes`;
      report.add(
        at,
        { code: 'HG115', message, allowed: "one of the limit's routes", mend: 'add it to `routes`, or take it away' },
        { at: 'key', value: text },
      );
    } else if (cost !== undefined) costs.push({ ...route, cost });
  }
  return costs.length === 0 ? { cost: 1 } : { cost: 1, costs };
}

function readUnits(value: unknown, path: Path, capacity: number | undefined, report: Report): number | undefined {
  const most = capacity ?? Number.MAX_SAFE_INTEGER;
  if (typeof value === 'number' && Number.isInteger(value) && value >= 1 && value <= most) return value;
  const tooMuch = typeof value === 'number' && value > most;
  report.add(path, {
    code: 'HG115',
    message: tooMuch ? `a request of ${value} units could never pass: at most ${most} are free` : 'not a cost',
    allowed: capacity === undefined ? 'a whole number from 1' : `a whole number from 1 to ${most}`,
    mend: tooMuch ? `use at most ${most}, or raise the limit` : 'use a whole number, or take `cost` away for 1',
  });
  return undefined;
}

function overlap(limited: RoutePattern, costed: RoutePattern): boolean {
  const [a, b] = [compilePattern(limited), compilePattern(costed)];
  const methods = methodMatches(a.method, b.method) || methodMatches(b.method, a.method);
  return methods && pathsOverlap(a, b);
}

const needed = (message: string, mend: string): Finding => ({
  code: 'HG114',
  message,
  allowed: 'a list of routes',
  mend,
});
const duplicate = (text: unknown, before: string): Finding => ({
  code: 'HG113',
  message: `\`${String(text)}\` is the same route as \`${before}\``,
  allowed: 'each route once in a limit',
  mend: 'take one away',
});
