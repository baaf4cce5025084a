import { readFileSync, writeFileSync } from 'node:fs';
import path from 'node:path';
import { root } from '../../scripts/process.ts';
import { CONTESTANTS } from '../contestants/index.ts';
import { outcomeOf, type Results } from '../results.ts';
import { barChart } from './chart.ts';
import { allTables } from './tables.ts';

const CHARTED: readonly (readonly [workload: string, title: string])[] = [
  ['one-limit-P', 'one limit, below it'],
  ['zipf-P', '1,000 clients, Zipf'],
  ['five-limits-P', 'five limits, below them'],
  ['ten-times-P', 'ten times over'],
  ['ten-times-C', 'ten times over, clumps'],
  ['burst', 'burst of 3,000 at 100'],
  ['second-denies-P', 'second limit denies half'],
];

/**
 * Puts a table, or other text, between the markers of its name: `<!-- bench:NAME -->` and `<!-- /bench:NAME -->`.
 *
 * @throws Error where the text has no such markers: a table that nobody sees would go stale
 */
export function replaceBetween(text: string, name: string, content: string): string {
  const [open, close] = [`<!-- bench:${name} -->`, `<!-- /bench:${name} -->`];
  const [from, to] = [text.indexOf(open), text.indexOf(close)];
  if (from < 0 || to < from) throw new Error(`There is no place for \`${name}\` between ${open} and ${close}.`);
  return `${text.slice(0, from + open.length)}\n${content}\n${text.slice(to)}`;
}

/** Writes docs/benchmarks.svg, and the tables of docs/benchmarks.md, from one run. */
export function writeDocs(results: Results): void {
  const file = path.join(root, 'docs', 'benchmarks.md');
  let text = readFileSync(file, 'utf8');
  text = replaceBetween(text, 'machine', results.machine);
  for (const [name, table] of allTables(results)) text = replaceBetween(text, name, table);
  writeFileSync(file, text);
  writeFileSync(path.join(root, 'docs', 'benchmarks.svg'), chartOf(results));
}

export function chartOf(results: Results): string {
  return barChart({
    title: 'DynamoDB write units per decision (less is better; each group has its own scale)',
    series: CONTESTANTS.map(({ title }) => title),
    groups: CHARTED.map(([workload, title]) => ({
      title,
      values: CONTESTANTS.map(({ name }) => outcomeOf(results, name, workload)?.write),
    })),
  });
}
