// `npm run bench`: see `--help`.
import { cpus } from 'node:os';
import { startEngine } from '../test/support/engine/start.ts';
import { measureAcrossItems } from './across-items.ts';
import { measureCeiling } from './ceiling-figures.ts';
import { CONTESTANTS } from './contestants/index.ts';
import { installPeer, PEER } from './contestants/install.ts';
import { judge } from './goals.ts';
import { measureBundles } from './measures/bundles.ts';
import { measureCpu } from './measures/cpu.ts';
import { measureThroughput } from './measures/throughput.ts';
import { chosen, helpText, means, type Options, readOptions } from './options.ts';
import { writeDocs } from './report/docs.ts';
import { allTables } from './report/tables.ts';
import type { Results } from './results.ts';
import { type Job, runJobs } from './run-jobs.ts';
import { workloads } from './workloads.ts';

const MEASURES = ['ceiling', 'across-items', 'cpu', 'throughput', 'bundles'];
const QUICK = 0.2;

const since = performance.now();
const say = (line: string) =>
  console.error(`[${((performance.now() - since) / 1000).toFixed(0).padStart(4)} s] ${line}`);

async function run(options: Options): Promise<Results> {
  const scale = options.quick ? QUICK : 1;
  const all = workloads(scale);
  const contestants = chosen(
    CONTESTANTS.map(({ name }) => name),
    options.only,
  );
  // A name that is a workload or a measure chooses among both; a contestant's name does not.
  const things = chosen([...all.map(({ name }) => name), ...MEASURES], options.only);
  const jobs: Job[] = all
    .filter(({ name }) => things.includes(name))
    .flatMap(({ name, rules }) =>
      CONTESTANTS.filter((one) => contestants.includes(one.name) && one.suits(rules)).map((one) => ({
        contestant: one.name,
        workload: name,
      })),
    );

  if (jobs.length) {
    say(`Comparing with ${PEER.name} ${PEER.version}; ${jobs.length} jobs, ${options.threads} at a time.`);
    await installPeer();
  }
  const engine = await startEngine();
  try {
    const outcomes = await runJobs(jobs, {
      engine: engine.endpoint,
      scale,
      threads: options.threads,
      onDone: (one, done, of) =>
        say(
          `${String(done).padStart(3)}/${of}  ${one.workload.padEnd(15)} ${one.contestant.padEnd(15)} ` +
            `${one.write.toFixed(3)} write units, ${one.decisions} decisions in ${one.seconds.toFixed(1)} s`,
        ),
    });
    const wanted = (name: string) => things.includes(name) && say(`measuring: ${name}`) === undefined;
    return {
      outcomes,
      ceiling: wanted('ceiling') ? await measureCeiling() : [],
      acrossItems: wanted('across-items') ? await measureAcrossItems(options.quick ? 20 : 90) : [],
      cpu: wanted('cpu') ? await measureCpu(options.quick ? 20_000 : 100_000) : [],
      ...(wanted('throughput') && { perSecond: await measureThroughput(engine.endpoint, options.quick ? 2000 : 8000) }),
      bundles: wanted('bundles') ? await measureBundles(engine.endpoint, options.quick ? 3 : 9) : [],
      machine: machine(),
      quick: options.quick,
    };
  } finally {
    await engine.stop();
  }
}

function machine(): string {
  const engine = process.env.HEADGATE_ENGINE_ENDPOINT ? 'the engine of HEADGATE_ENGINE_ENDPOINT' : 'dynoxide 1.2.1';
  const day = new Date().toISOString().slice(0, 10);
  return `Run of ${day}: ${cpus().length} cores (${cpus()[0]?.model.trim()}), Node ${process.versions.node}, ${engine}, ${PEER.name} ${PEER.version}.`;
}

async function main(): Promise<number> {
  const options = readOptions(process.argv.slice(2));
  const names = [workloads(QUICK).map(({ name }) => name), CONTESTANTS.map(({ name }) => name), MEASURES] as const;
  if (options.help) {
    console.log(helpText(...names));
    return 0;
  }
  const unknown = options.only.filter((one) => !names.flat().some((name) => means(one, name)));
  if (unknown.length) throw new Error(`--only ${unknown.join(',')}: there is no such name; see --help.`);
  if (options.writeDocs && (options.quick || options.only.length)) {
    throw new Error('--write-docs needs a whole run, without --quick and --only.');
  }

  const results = await run(options);
  const judged = options.quick ? [] : judge(results);
  if (options.json) console.log(JSON.stringify({ ...results, goals: judged }, null, 2));
  else for (const [, table] of allTables(results)) console.log(`\n${table}`);
  if (options.writeDocs) writeDocs(results);
  const missed = judged.filter(({ reached }) => !reached);
  for (const { figure, wanted, found } of missed) console.error(`Not reached: ${figure}: ${found}, wanted ${wanted}.`);
  return missed.length ? 1 : 0;
}

try {
  process.exitCode = await main();
} catch (error) {
  console.error(error instanceof Error ? error.message : error);
  process.exitCode = 1;
}
