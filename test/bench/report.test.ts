import type { CeilingFigures } from '../../bench/ceiling-figures.ts';
import { judge } from '../../bench/goals.ts';
import { barChart } from '../../bench/report/chart.ts';
import { chartOf, replaceBetween } from '../../bench/report/docs.ts';
import { markdownTable } from '../../bench/report/markdown-table.ts';
import { allTables, ceilingTable, comparison, ratios } from '../../bench/report/tables.ts';
import type { Results } from '../../bench/results.ts';
import type { Outcome } from '../../bench/run-workload.ts';

const outcome = (contestant: string, workload: string, more: Partial<Outcome> = {}): Outcome => ({
  contestant,
  workload,
  decisions: 100,
  admitted: 100,
  write: 1,
  read: 0,
  calls: 1,
  callsP50: 1,
  callsP99: 1,
  byOperation: {},
  seconds: 1,
  ...more,
});
const results = (more: Partial<Results>): Results => ({
  outcomes: [],
  ceiling: [],
  acrossItems: [],
  cpu: [],
  bundles: [],
  machine: 'a machine',
  quick: false,
  ...more,
});
const rowsOf = (table: string) =>
  table.split('\n').map((line) =>
    line
      .split('|')
      .slice(1, -1)
      .map((cell) => cell.trim()),
  );

describe('tables', () => {
  test('columns are as wide as they must be, figures stand to the right', () => {
    expect(markdownTable(['what', 'n'], [['long name', '1.00'], ['x']])).toBe(
      ['| what      |    n |', '| --------- | ---: |', '| long name | 1.00 |', '| x         |      |'].join('\n'),
    );
  });

  test('a row pairs P and C, names what was not run, and leaves out what nobody ran', () => {
    const outcomes = [
      outcome('headgate', 'one-limit-P'),
      outcome('headgate', 'one-limit-C'),
      outcome('rlf', 'one-limit-P', { write: 1.994, callsP50: 2, callsP99: 3 }),
    ];
    expect(rowsOf(comparison(results({ outcomes })))).toEqual([
      ['per decision', 'Headgate', 'rate-limiter-flexible'],
      [expect.stringMatching(/^-+$/), expect.stringMatching(/^-+:$/), expect.stringMatching(/^-+:$/)],
      ['one limit, below it, P / C', '1.00 / 1.00', '-'],
      ['USD per million decisions, one limit, P / C', '$0.63 / $0.63', '-'],
    ]);
  });

  test('ratios are the other over Headgate, of what both ran', () => {
    const outcomes = [
      outcome('headgate', 'burst', { write: 0.05 }),
      outcome('rlf', 'burst', { write: 2 }),
      outcome('fixed', 'burst', { write: 0.04 }),
    ];
    expect(rowsOf(ratios(results({ outcomes }))).slice(2)).toEqual([
      ['burst of 3,000 at a limit of 100', '40.00', '0.80'],
    ]);
  });

  test('only tables with something in them are made', () => {
    expect(allTables(results({}))).toEqual([]);
    const some = results({ cpu: [{ name: 'one', p50Us: 5, p99Us: 9, perSecond: 1234.5 }] });
    expect(allTables(some).map(([name]) => name)).toEqual(['process', 'goals']);
    expect(allTables({ ...some, quick: true }).map(([name]) => name)).toEqual(['process']);
  });

  test('the ceiling by load and containers', () => {
    const ceiling = [
      { load: 0.95, containers: 8, writesPerDecision: 0.0123, admitted: 0.949 },
      { load: 0.95, containers: 128, writesPerDecision: 0.04, admitted: 0.9491 },
      { load: 2, containers: 128, writesPerDecision: 0.019, writesPerSecond: 379.6, admitted: 0.979 },
    ];
    expect(rowsOf(ceilingTable(results({ ceiling }))).slice(2)).toEqual([
      ['0.95', '0.012, 0.949', '0.040, 0.949'],
      ['2', '-', '0.019 (380/s), 0.979'],
    ]);
  });
});

describe('what has to be reached', () => {
  const found = (more: Partial<Results>) => judge(results(more)).map(({ found: value, reached }) => [value, reached]);

  test('is judged as printed, and only where it was run', () => {
    expect(found({})).toEqual([]);
    expect(found({ outcomes: [outcome('headgate', 'ten-times-P', { write: 0.1149 })] })).toEqual([['0.115', true]]);
    expect(found({ outcomes: [outcome('headgate', 'ten-times-P', { write: 0.1151 })] })).toEqual([['0.115', false]]);
    expect(found({ outcomes: [outcome('rlf', 'ten-times-P', { write: 2 })] })).toEqual([]);
  });

  test('one request over the limit in a window is too many', () => {
    const windows = (worst: number) => found({ outcomes: [outcome('headgate', 'windows', { worst })] });
    expect(windows(1)).toEqual([['1.000', true]]);
    expect(windows(1.01)).toEqual([['1.010', false]]);
  });

  test('the burst admits exactly its limit, and a denied request takes nothing', () => {
    expect(found({ outcomes: [outcome('headgate', 'burst', { write: 0.05, admitted: 99 })] })[1]).toEqual([
      '99',
      false,
    ]);
    expect(found({ outcomes: [outcome('headgate', 'second-denies-P', { write: 0.5, overcharged: 1 })] })[1]).toEqual([
      '1',
      false,
    ]);
  });

  test('the ceiling is never passed, whatever the load, and is used', () => {
    const at = (load: number, admitted: number, writesPerDecision = 0.01) => ({
      load,
      containers: 128,
      writesPerDecision,
      admitted,
    });
    const reached = (...ceiling: CeilingFigures[]) => found({ ceiling }).map(([, yes]) => yes);
    expect(reached(at(0.95, 0.94), at(2, 0.98))).toEqual([true, true]);
    expect(reached(at(0.95, 0.94, 0.046))).toEqual([false]);
    expect(reached(at(0.95, 0.9))).toEqual([false]);
    expect(reached(at(2, 0.96))).toEqual([false]);
    expect(reached(at(0.95, 0.94), at(2, 1.001))).toEqual([false, false]);
    expect(reached({ ...at(0.95, 0.94), busiestSecond: 1.0001 })).toEqual([false]);
  });

  test('CPU and bundle', () => {
    expect(found({ cpu: [{ name: 'one', p50Us: 51, p99Us: 99, perSecond: 1 }] })).toEqual([['51.0 us', false]]);
    expect(found({ bundles: [{ name: 'authorizer', kib: 450.5, gzipKib: 1, importMs: 1 }] })).toEqual([
      ['451 KiB', false],
    ]);
  });
});

describe('the chart', () => {
  test('draws each value to the scale of its group, and none for what was not run', () => {
    const svg = barChart({
      title: 'a < b',
      series: ['one', 'two'],
      groups: [
        { title: 'first', values: [1, 2] },
        { title: 'second', values: [undefined, 0.05] },
      ],
    });
    const bars = [...svg.matchAll(/<rect x="200" y="\d+" width="(\d+)"/g)].map(([, width]) => Number(width));
    expect(bars).toEqual([300, 600, 600]);
    expect(svg).toContain('>0.05</text>');
    expect(svg).toContain('a &lt; b');
    expect(svg).not.toMatch(/a < b|NaN|undefined/);
    expect(svg).toMatch(/^<svg [^>]*viewBox="0 0 860 \d+"[\s\S]*<\/svg>\n$/);
    expect(svg).toContain('prefers-color-scheme: dark');
  });

  test('of results shows their write units', () => {
    const svg = chartOf(
      results({ outcomes: [outcome('headgate', 'five-limits-P'), outcome('rlf', 'five-limits-P', { write: 9.84 })] }),
    );
    expect(svg).toContain('>9.84</text>');
    expect(svg).toContain('five limits, below them');
  });
});

describe('the docs', () => {
  const page = 'before\n<!-- bench:goals -->\nold\n<!-- /bench:goals -->\nafter';

  test('a table takes the place of the old one, as often as one likes', () => {
    const once = replaceBetween(page, 'goals', 'new');
    expect(once).toBe('before\n<!-- bench:goals -->\nnew\n<!-- /bench:goals -->\nafter');
    expect(replaceBetween(once, 'goals', 'new')).toBe(once);
  });

  test('a table without a place is an error', () => {
    expect(() => replaceBetween(page, 'ratios', 'new')).toThrow('no place for `ratios`');
  });
});
