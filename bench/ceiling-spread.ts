// `node bench/ceiling-spread.ts [seeds]`: how far the figures of the ceiling depend on the arrivals.
import { CEILING, type CeilingResult, simulateCeiling } from './ceiling.ts';
import { markdownTable } from './report/markdown-table.ts';

const seeds = Array.from({ length: Number(process.argv[2] ?? 8) }, (_, i) => i + 1);

const rows: string[][] = [];
for (const load of [0.5, 0.95, 1.1, 2]) {
  for (const containers of [8, 32, 128]) {
    const runs: CeilingResult[] = [];
    for (const seed of seeds) runs.push(await simulateCeiling({ budget: CEILING, containers, load, seed }));
    const spread = (of: (run: CeilingResult) => number, digits = 3) =>
      [Math.min, Math.max].map((end) => end(...runs.map(of)).toFixed(digits)).join(' to ');
    rows.push([
      String(load),
      String(containers),
      spread((run) => run.writesPerDecision, 4),
      // The demand differs from seed to seed as well: what could have passed is the demand, or the ceiling.
      spread((run) => run.admitted / Math.min(1, run.decisions / (4 * CEILING.limit))),
      spread((run) => run.busiestSecond),
      spread((run) => run.stranded),
    ]);
  }
}
const titles = ['load', 'containers', 'writes/decision', 'admitted / what could be', 'busiest second', 'stranded'];
console.log(`${seeds.length} seeds, least and most\n${markdownTable(titles, rows)}`);
