import { scaleOf } from './budget.ts';
import { itemBytes, itemsOf, largestBudget, WRITE_UNIT_BYTES } from './item-size.ts';
import { unmatchedRoutes } from './match.ts';
import type { Limit, Policy } from './policy.ts';
import { isMap, type Report, valueAt } from './report.ts';
import type { Path } from './source.ts';

/** Two cells whose ids are equal by chance would share their counts. */
export function checkCellIds(limits: readonly Limit[], report: Report): void {
  const owners = new Map<string, { readonly scale: string; readonly name: string }>();
  for (const { name, budgets } of limits) {
    for (const budget of Object.values(budgets)) {
      const scale = JSON.stringify(scaleOf(name, budget));
      const owner = owners.get(budget.cellId);
      if (owner === undefined) owners.set(budget.cellId, { scale, name });
      else if (owner.scale !== scale) {
        const finding = {
          code: 'HG120',
          message: `the counters of \`${name}\` and \`${owner.name}\` would have the same short id \`${budget.cellId}\``,
          allowed: 'different ids, which are made from the names',
          mend: `rename \`${name}\``,
        };
        report.add(['limits', name], finding, { at: 'key', value: name });
      }
    }
  }
}

/** Items beyond 1 KB cost two write units for each request. */
export function checkItemSizes(limits: readonly Limit[], report: Report): void {
  for (const { item, limits: together } of itemsOf(limits)) {
    const bytes = itemBytes(together.map(largestBudget));
    if (bytes <= WRITE_UNIT_BYTES) continue;
    const finding = {
      code: 'HG121',
      message: `the counters of ${item} take up to ${bytes} bytes in ${together.length} ${together.length === 1 ? 'limit' : 'limits'}: each request costs ${Math.ceil(bytes / WRITE_UNIT_BYTES)} write units`,
      allowed: `${WRITE_UNIT_BYTES} bytes for one write unit, about five sliding windows`,
      mend: 'use fixed-window, sliding-window-counter or token-bucket for some of them (smaller), a lower limit of a log, or fewer limits, or accept the cost',
    };
    report.add(['limits', together.at(-1)!.name], finding, { at: 'key', severity: 'warning', value: '' });
  }
}

/** Routes of limits that exist on no protected API: a typing error there is a limit that never holds. */
export function checkApiRoutes(policy: Policy, apiRoutes: readonly string[], data: unknown, report: Report): void {
  for (const { limit, route, key } of unmatchedRoutes(policy, apiRoutes)) {
    const path: Path = ['limits', limit, key];
    const written = valueAt(data, path);
    const finding = {
      code: 'HG122',
      message: `\`${route}\` is on no protected API`,
      allowed: apiRoutes.length > 12 ? `${apiRoutes.slice(0, 12).join(', ')}, ...` : apiRoutes.join(', '),
      mend: 'correct the route, or take it away',
    };
    if (isMap(written))
      report.add([...path, Object.keys(written).find((text) => sameText(text, route)) ?? ''], finding, {
        at: 'key',
        value: route,
      });
    else report.add([...path, (written as unknown[]).findIndex((text) => sameText(text, route))], finding);
  }
}

const sameText = (text: unknown, route: string): boolean => String(text).trim().replace(/\s+/, ' ') === route;
