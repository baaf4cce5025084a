import { sizeOf } from './budget.ts';
import type { Limit } from './policy.ts';
import { readBudgets } from './read-budgets.ts';
import { nameFinding } from './read-callers.ts';
import { readCost, readRoutes } from './read-routes.ts';
import { isMap, type Report } from './report.ts';
import { ALGORITHMS, MODES, SCOPES } from './schema.ts';
import type { Path } from './source.ts';

export interface LimitContext {
  readonly tiers: readonly string[];
  /** The policy's own `mode: shadow`. */
  readonly shadow: boolean;
  readonly report: Report;
}

/** One limit with its defaults filled in; undefined where it is wrong. */
export function readLimit(name: string, raw: unknown, { tiers, shadow, report }: LimitContext): Limit | undefined {
  const path: Path = ['limits', name];
  const wrong = nameFinding(name);
  if (wrong) report.add(path, wrong, { at: 'key', value: name });
  if (!isMap(raw)) return undefined;
  const per = choice(raw.per, SCOPES);
  const algorithm = raw.algorithm === undefined ? 'sliding-window' : choice(raw.algorithm, ALGORITHMS);
  const routes = readRoutes(raw.routes, [...path, 'routes'], per, report);
  const budgets = readBudgets(raw, path, { name, per, algorithm, tiers, report });
  const sizes = Object.values(budgets ?? {}).map(sizeOf);
  const capacity = sizes.length === 0 ? undefined : Math.min(...sizes);
  const costs = readCost(raw.cost, [...path, 'cost'], { routes, capacity }, report);
  if (wrong || per === undefined || budgets === undefined) return undefined;
  return {
    name,
    per,
    ...(routes && { routes }),
    budgets,
    ...costs,
    mode: shadow ? 'shadow' : (choice(raw.mode, MODES) ?? 'enforce'),
    onStoreFailure: choice(raw.onStoreFailure, ['allow', 'deny'] as const) ?? 'allow',
  };
}

/** The value if it is one of the words; anything else is reported by `structure.ts`. */
export function choice<T extends string>(value: unknown, words: readonly T[]): T | undefined {
  return words.find((word) => word === value);
}
