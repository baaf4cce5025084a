import { type WindowAlgorithm, windowBudget } from './budget.ts';
import { type ItemWrites, itemWrites } from './item-writes.ts';
import type { Budget, Limit } from './policy.ts';
import type { Finding } from './problem.ts';
import { rateText } from './rate.ts';
import { isMap, type Report, valueAt } from './report.ts';
import type { Path } from './source.ts';
import { ITEM_WRITES_PER_SECOND, NEARLY_TOO_MANY } from './write-rate.ts';

/** Warns of items that take nearly as many writes as DynamoDB does on one item, or more. */
export function checkWriteRates(
  limits: readonly Limit[],
  containers: number | undefined,
  data: unknown,
  report: Report,
): void {
  const said = new Set<string>();
  for (const item of itemWrites(limits, containers)) {
    // Of the routes of one limit the first stands for all.
    if (!isNearlyTooMuch(item) || said.has(item.busiest)) continue;
    said.add(item.busiest);
    const limit = limits.find(({ name }) => name === item.busiest)!;
    const [tier, budget] = busiestOf(limit);
    const rate: Path = ['limits', limit.name, 'rate'];
    const finding: Finding = {
      code: 'HG119',
      message: `\`${rateText(budget)}\` is counted on one item (${item.item}): ${writesText(item)}. DynamoDB takes about ${number(ITEM_WRITES_PER_SECOND)} on one item; beyond that it throttles, and \`onStoreFailure\` answers`,
      allowed: `an estimate below ${NEARLY_TOO_MANY} writes a second; it is a warning only`,
      mend: mendOf(limit, limits, item),
    };
    report.add(isMap(valueAt(data, rate)) ? [...rate, tier] : rate, finding, { severity: 'warning' });
  }
}

const isNearlyTooMuch = (item: ItemWrites): boolean =>
  Math.max(item.writesPerSecond, item.overloadedWritesPerSecond) >= NEARLY_TOO_MANY;

/** `about 1,008 writes a second from 38 containers, 2,100 while twice as many requests come`. */
function writesText({ writesPerSecond, overloadedWritesPerSecond, containers, shared }: ItemWrites): string {
  const from = shared ? ` from ${number(containers)} containers` : '';
  const over =
    overloadedWritesPerSecond > writesPerSecond
      ? `, ${number(overloadedWritesPerSecond)} while twice as many requests come`
      : '';
  return `about ${number(writesPerSecond)} writes a second${from}${over}`;
}

/** What to write instead: the first two ways, the gentlest first, that bring the estimate down. */
function mendOf(limit: Limit, limits: readonly Limit[], item: ItemWrites): string {
  const [, budget] = busiestOf(limit);
  const { algorithm, windowMs } = budget;
  if (!item.shared) {
    return algorithm === 'leaky-bucket'
      ? 'use token-bucket or sliding-window, or lower the rate'
      : 'lower the rate: the item of one caller is written once for each of its requests';
  }
  const longer = { ...budget, windowMs: MINUTE_MS, limit: (budget.limit * MINUTE_MS) / windowMs };
  const rate = `\`rate: ${rateText(longer)}\``;
  const fixed = '`algorithm: fixed-window`';
  const ways: readonly (readonly [string, WindowAlgorithm, number])[] = [
    [fixed, 'fixed-window', windowMs],
    ...(algorithm.endsWith('-bucket') ? [] : [[rate, algorithm as WindowAlgorithm, MINUTE_MS] as const]),
    [`${fixed} with ${rate}`, 'fixed-window', MINUTE_MS],
  ];
  const helping = ways.filter(([, to, ms]) => {
    if (ms < windowMs || (to === algorithm && ms === windowMs)) return false;
    const budgets = mapped(limit.budgets, (one) => asWindow(limit.name, one, to, ms));
    const changed = limits.map((one) => (one === limit ? { ...limit, budgets } : one));
    return !isNearlyTooMuch(itemWrites(changed, item.containers).find((one) => one.item === item.item)!);
  });
  const other = 'For another number of containers: `headgate validate --containers N`';
  if (helping.length === 0) return `lower the rate, or limit each route by itself (\`per: route\`). ${other}`;
  const texts = helping.map(([text]) => text).filter((text, i) => i === 0 || text === rate);
  return `write ${texts.join(', or ')}: units are taken ahead until an epoch ends, so longer epochs take fewer writes. ${other}`;
}

const MINUTE_MS = 60_000;

function asWindow(name: string, { limit, windowMs }: Budget, algorithm: WindowAlgorithm, longer: number): Budget {
  return windowBudget(name, algorithm, { limit: (limit * longer) / windowMs, windowMs: longer });
}

function mapped<T>(budgets: Readonly<Record<string, T>>, change: (budget: T) => T): Record<string, T> {
  return Object.fromEntries(Object.entries(budgets).map(([tier, budget]) => [tier, change(budget)]));
}

/** The tier with the highest rate, and its budget. */
function busiestOf({ budgets }: Limit): readonly [string, Budget] {
  const perSecond = ([, { limit, windowMs }]: readonly [string, Budget]): number => limit / windowMs;
  return Object.entries(budgets).reduce((a, b) => (perSecond(b) > perSecond(a) ? b : a));
}

const number = (value: number): string => value.toLocaleString('en-US');
