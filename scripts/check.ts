// `npm test`: everything that must hold, in the order in which it fails fastest, two lanes at a time.
//   --json   the results as JSON on stdout
//   --only NAME[,NAME]   some of the checks
import { mkdirSync, readFileSync, rmSync } from 'node:fs';
import path from 'node:path';
import { build } from './build.ts';
import { packageBin, root, run } from './process.ts';

interface Result {
  readonly name: string;
  readonly passed: number;
  readonly failed: number;
  readonly seconds: number;
  readonly output: string;
}
type Check = readonly [name: string, work: () => Promise<Result>];

const results = path.join(root, '.local-aws', `test-results-${process.pid}`);

/** A command that passes or fails as a whole. */
function command(name: string, bin: string, ...args: string[]): Check {
  return [
    name,
    async () => {
      const { code, output, seconds } = await run(packageBin(bin), args);
      return { name, passed: Number(code === 0), failed: Number(code !== 0), seconds, output };
    },
  ];
}

/**
 * A project of jest.config.cjs; a suite that cannot even start counts as one failure.
 *
 * @param workers how many suites at once; more than one where they mostly wait
 */
function tests(name: string, workers = 1): Check {
  return [
    name,
    async () => {
      const file = path.join(results, `${name}.json`);
      const args = ['--selectProjects', name, `--maxWorkers=${workers}`, '--ci', '--json', `--outputFile=${file}`];
      const { code, output, seconds } = await run(packageBin('jest'), args);
      try {
        const report = JSON.parse(readFileSync(file, 'utf8'));
        const failed = report.numFailedTests + report.numRuntimeErrorTestSuites;
        const none = report.numTotalTests === 0;
        const skipped = report.numPendingTests + report.numTodoTests;
        return {
          name,
          passed: report.numPassedTests,
          failed: failed + Number(none) + skipped || Number(code !== 0),
          seconds,
          output: skipped ? `${output}\n${skipped} skipped: a test that does not run proves nothing.` : output,
        };
      } catch {
        return { name, passed: 0, failed: 1, seconds, output };
      }
    },
  ];
}

const built: Check = [
  'build',
  async () => {
    const since = performance.now();
    const done = (failed: number, output: string): Result => {
      return { name: 'build', passed: 1 - failed, failed, seconds: (performance.now() - since) / 1000, output };
    };
    return build().then(
      () => done(0, ''),
      (error: unknown) => done(1, String(error)),
    );
  },
];

/** Each inner list runs one after the other, the lists of a stage side by side (two cores). */
const STAGES: readonly (readonly (readonly Check[])[])[] = [
  [
    [command('types', 'tsc', '-p', 'tsconfig.json'), built],
    [
      command('lint', 'biome', 'check', '--error-on-warnings', '.'),
      command(
        'arrows',
        'depcruise',
        '--config',
        '.dependency-cruiser.cjs',
        'bin',
        'lib',
        'lambda',
        'local',
        'examples',
      ),
    ],
  ],
  [
    [tests('unit'), tests('engine'), tests('templates')],
    [tests('e2e', 2), tests('package')],
  ],
];

const all: Result[] = [];
const only = process.argv.includes('--only') ? process.argv[process.argv.indexOf('--only') + 1]?.split(',') : undefined;
mkdirSync(results, { recursive: true });
const since = performance.now();
for (const lanes of STAGES) {
  await Promise.all(
    lanes.map(async (lane) => {
      for (const [name, work] of lane.filter(([name]) => !only || only.includes(name))) {
        console.error(`  ...  ${name}`);
        const result = await work();
        all.push(result);
        const counts = result.failed ? `${result.passed} passed, ${result.failed} failed` : `${result.passed} passed`;
        console.error(`  ${result.failed ? 'FAIL' : 'ok  '} ${name}: ${counts}, ${result.seconds.toFixed(1)} s`);
        if (result.failed) console.error(result.output.trim().replace(/^/gm, '       '));
      }
    }),
  );
}
rmSync(results, { recursive: true, force: true });

const passed = all.reduce((sum, result) => sum + result.passed, 0);
const failed = all.reduce((sum, result) => sum + result.failed, 0);
if (process.argv.includes('--json')) {
  console.log(JSON.stringify({ passed, failed, checks: all.map(({ output: _, ...rest }) => rest) }, null, 2));
} else {
  console.log(`All checks in ${((performance.now() - since) / 1000).toFixed(0)} s.`);
  console.log(`${passed} passed, ${failed} failed`);
}
process.exitCode = failed || passed === 0 ? 1 : 0;
