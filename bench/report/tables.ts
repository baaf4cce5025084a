import { ITEMS } from '../across-items.ts';
import type { CeilingFigures } from '../ceiling-figures.ts';
import { CONTESTANTS } from '../contestants/index.ts';
import { judge } from '../goals.ts';
import { usdPerMillion } from '../proxy/billing.ts';
import { outcomeOf, type Results } from '../results.ts';
import type { Outcome } from '../run-workload.ts';
import { markdownTable } from './markdown-table.ts';

type Show = (...outcomes: Outcome[]) => string;

const NONE = '-';
const two = (value: number): string => value.toFixed(2);
const writes: Show = (...outcomes) => outcomes.map(({ write }) => two(write)).join(' / ');
const trips: Show = (...outcomes) =>
  `${Math.max(...outcomes.map(({ callsP50 }) => callsP50))} / ${Math.max(...outcomes.map(({ callsP99 }) => callsP99))}`;
const worst: Show = (...outcomes) => two(Math.max(...outcomes.map((outcome) => outcome.worst ?? 0)));
const price: Show = (...outcomes) => outcomes.map((outcome) => `$${two(usdPerMillion(outcome))}`).join(' / ');

/** What each row shows, of which workloads. */
const ROWS: readonly (readonly [title: string, workloads: readonly string[], show: Show])[] = [
  ['one limit, below it, P / C', ['one-limit-P', 'one-limit-C'], writes],
  ['1,000 clients, Zipf, P / C', ['zipf-P', 'zipf-C'], writes],
  ['five limits, below them, P / C', ['five-limits-P', 'five-limits-C'], writes],
  ['ten times over the limit, P / C', ['ten-times-P', 'ten-times-C'], writes],
  ['the same with 32 instances, P / C', ['ten-times-32-P', 'ten-times-32-C'], writes],
  ['ten times over, clumps at random, 8 / 32 instances', ['ten-times-R', 'ten-times-32-R'], writes],
  ['burst of 3,000 at a limit of 100', ['burst'], writes],
  ['… admitted', ['burst'], ({ admitted }) => String(admitted)],
  ['second of two limits denies half', ['second-denies-P'], writes],
  [
    '… taken from the first by denied requests',
    ['second-denies-P'],
    ({ overcharged }) => (overcharged === undefined ? NONE : String(overcharged)),
  ],
  ['20/minute, 32 instances, at 80 %', ['small-limit-P'], writes],
  ['worst rolling window, admitted / limit', ['windows', 'ten-times-P', 'ten-times-C'], worst],
  ['round trips p50 / p99, one limit', ['one-limit-P', 'one-limit-C', 'zipf-P', 'zipf-C'], trips],
  ['USD per million decisions, one limit, P / C', ['one-limit-P', 'one-limit-C'], price],
  ['USD per million decisions, five limits, P / C', ['five-limits-P', 'five-limits-C'], price],
  ['USD per million decisions, ten times over, P / C', ['ten-times-P', 'ten-times-C'], price],
];

const shown = (results: Results) =>
  CONTESTANTS.filter(({ name }) => results.outcomes.some((one) => one.contestant === name));

function cell(results: Results, contestant: string, workloads: readonly string[], show: Show): string {
  const outcomes = workloads.flatMap((workload) => outcomeOf(results, contestant, workload) ?? []);
  return outcomes.length === workloads.length ? show(...(outcomes as [Outcome])) : NONE;
}

/** Write units for each decision, and what else is compared, one column for each contestant. */
export function comparison(results: Results): string {
  const contestants = shown(results);
  const rows = ROWS.map(([title, workloads, show]) => [
    title,
    ...contestants.map(({ name }) => cell(results, name, workloads, show)),
  ]);
  return markdownTable(['per decision', ...contestants.map(({ title }) => title)], rows.filter(hasFigures));
}

/** How many times as many write units the others take; above 1 they take more. */
export function ratios(results: Results): string {
  const others = shown(results).filter(({ name }) => !name.startsWith('headgate'));
  const rows = ROWS.filter(([, , show]) => show === writes).map(([title, workloads]) => [
    title,
    ...others.map(({ name }) => {
      const pairs = workloads.map((workload) => [
        outcomeOf(results, name, workload),
        outcomeOf(results, 'headgate', workload),
      ]);
      if (pairs.some(([one, own]) => !one || !own)) return NONE;
      return pairs.map(([one, own]) => two(one!.write / own!.write)).join(' / ');
    }),
  ]);
  return markdownTable(['write units, other / Headgate', ...others.map(({ title }) => title)], rows.filter(hasFigures));
}

export function ceilingTable({ ceiling }: Results): string {
  const loads = [...new Set(ceiling.map(({ load }) => load))];
  const containers = [...new Set(ceiling.map((one) => one.containers))];
  const rows = loads.map((load) => [
    String(load),
    ...containers.map((count) => {
      const found = ceiling.find((one) => one.load === load && one.containers === count);
      return found ? ceilingCell(found) : NONE;
    }),
  ]);
  const titles = containers.map((count) => `${count} containers`);
  return markdownTable(['load: writes per decision (per second), admitted / limit', ...titles], rows);
}

function ceilingCell({ writesPerDecision, writesPerSecond, admitted }: CeilingFigures): string {
  const perSecond = writesPerSecond === undefined ? '' : ` (${Math.round(writesPerSecond)}/s)`;
  return `${writesPerDecision.toFixed(3)}${perSecond}, ${admitted.toFixed(3)}`;
}

/** Of each item the share of what was counted that never passed. */
export function acrossItemsTable({ acrossItems }: Results): string {
  const rows = acrossItems.map(({ denier, admitted, writesPerDecision, stranded }) => [
    denier,
    two(admitted),
    two(writesPerDecision),
    ...ITEMS.map((item) => two(stranded[item])),
  ]);
  const stranded = ITEMS.map((item) => `${item}: stranded`);
  return markdownTable(['who denies half', 'admitted', 'writes per decision', ...stranded], rows);
}

export function processTable({ cpu, perSecond }: Results): string {
  const rows = cpu.map((one) => [
    one.name,
    one.p50Us.toFixed(1),
    one.p99Us.toFixed(1),
    String(Math.round(one.perSecond)),
  ]);
  if (perSecond !== undefined) {
    rows.push(['one limit, over HTTP to the engine, 32 at once', NONE, NONE, String(Math.round(perSecond))]);
  }
  return markdownTable(['one process', 'CPU p50, us', 'CPU p99, us', 'decisions/s'], rows);
}

export function bundleTable({ bundles }: Results): string {
  const rows = bundles.map((one) => [one.name, one.kib.toFixed(1), one.gzipKib.toFixed(1), one.importMs.toFixed(1)]);
  return markdownTable(['bundle', 'KiB, minified', 'KiB, gzip', 'import, ms'], rows);
}

export function goalTable(results: Results): string {
  const rows = judge(results).map(({ figure, wanted, found, reached }) => [
    figure,
    wanted,
    found,
    reached ? 'yes' : 'NO',
  ]);
  return markdownTable(['Headgate', 'to reach', 'found', 'reached'], rows);
}

const hasFigures = (row: readonly string[]): boolean => row.slice(1).some((one) => one !== NONE);

/** The tables that have something to show, by the name under which the docs hold them. */
export function allTables(results: Results): [name: string, table: string][] {
  const tables: [string, string, boolean][] = [
    ['comparison', comparison(results), results.outcomes.length > 0],
    ['ratios', ratios(results), results.outcomes.length > 0],
    ['ceiling', ceilingTable(results), results.ceiling.length > 0],
    ['across-items', acrossItemsTable(results), results.acrossItems.length > 0],
    ['process', processTable(results), results.cpu.length > 0 || results.perSecond !== undefined],
    ['bundles', bundleTable(results), results.bundles.length > 0],
    ['goals', goalTable(results), !results.quick && judge(results).length > 0],
  ];
  return tables.filter(([, , some]) => some).map(([name, table]) => [name, table]);
}
