import { Limiter } from '../../lambda/limiter/limiter.ts';
import type { Violation } from './judge.ts';
import { type DeletableStore, type LaneOptions, type LaneReport, runLane } from './lane.ts';
import { PLANS } from './plans.ts';

export interface ModelOptions {
  readonly operations: number;
  readonly seed: number;
  readonly store: DeletableStore;
  /** @default the limiter itself; a mutant of it where the test is tested */
  readonly makeLimiter?: LaneOptions['makeLimiter'];
}

export interface ModelReport extends Omit<LaneReport, 'judges'> {
  readonly violations: readonly Violation[];
}

const SKEWS_MS = [0, 800, 4000];

/** Runs every plan with every skew, side by side, each on items of its own. */
export async function runModel(options: ModelOptions): Promise<ModelReport> {
  const lanes = SKEWS_MS.flatMap((skewMs) => PLANS.map((plan) => ({ skewMs, plan })));
  const reports = await Promise.all(
    lanes.map(({ skewMs, plan }, i) =>
      runLane({
        plan,
        skewMs,
        id: `${options.seed}-${i}`,
        seed: options.seed * 1000 + i,
        operations: Math.ceil(options.operations / lanes.length),
        store: options.store,
        makeLimiter: options.makeLimiter ?? ((given) => new Limiter(given)),
      }),
    ),
  );
  const sum = (key: Exclude<keyof LaneReport, 'judges'>) => reports.reduce((total, report) => total + report[key], 0);
  return {
    operations: sum('operations'),
    allowed: sum('allowed'),
    denied: sum('denied'),
    under: sum('under'),
    failures: sum('failures'),
    lost: sum('lost'),
    deleted: sum('deleted'),
    writes: sum('writes'),
    violations: reports.flatMap(({ judges }) => judges.flatMap((judge) => judge.violations)),
  };
}

/** In one line. */
export function summaryOf({ violations, ...report }: ModelReport): string {
  const share = ((100 * report.under) / (report.allowed + report.denied)).toFixed(2);
  return (
    `${report.operations} operations, ${report.writes} writes, ${report.allowed} allowed, ${report.denied} denied, ` +
    `${report.lost} requests or answers lost, ${report.deleted} items deleted, ${report.failures} store failures; ` +
    `over-admitted ${violations.length}, under-admitted ${report.under} (${share} %)`
  );
}
