import { Limiter } from '../../lambda/limiter/limiter.ts';
import type { Violation } from './judge.ts';
import { type Counts, type DeletableStore, type LaneOptions, type LaneReport, runLane } from './lane.ts';
import { type LanePlan, PLANS, type PlanGroup } from './plans.ts';

export interface ModelOptions {
  readonly operations: number;
  readonly seed: number;
  readonly store: DeletableStore;
  /** @default the limiter itself; a mutant of it where the test is tested */
  readonly makeLimiter?: LaneOptions['makeLimiter'];
  /** @default all */
  readonly groups?: readonly PlanGroup[];
  /** Whether one violation is enough. @default false */
  readonly untilFirst?: boolean;
}

export interface ModelReport extends Counts {
  readonly violations: readonly Violation[];
  readonly groups: Readonly<Partial<Record<PlanGroup, Counts & { readonly lanes: number }>>>;
}

const SKEWS_MS = [0, 800, 4000];
export const GROUPS = Object.keys(PLANS) as readonly PlanGroup[];

/** Runs every plan with every skew, side by side, each on items of its own. */
export async function runModel(options: ModelOptions): Promise<ModelReport> {
  const lanes = (options.groups ?? GROUPS).flatMap((group) =>
    (PLANS[group] as readonly LanePlan[]).flatMap((plan) => SKEWS_MS.map((skewMs) => ({ group, plan, skewMs }))),
  );
  let found = false;
  const enough: LaneOptions['enough'] = (judges) => {
    found ||= options.untilFirst === true && judges.some(({ violations }) => violations.length > 0);
    return found;
  };
  const reports = await Promise.all(
    lanes.map(async ({ group, plan, skewMs }, i) => ({
      group,
      ...(await runLane({
        plan,
        skewMs,
        id: `${options.seed}-${i}`,
        seed: options.seed * 1000 + i,
        operations: Math.ceil(options.operations / lanes.length),
        store: options.store,
        makeLimiter: options.makeLimiter ?? ((given) => new Limiter(given)),
        enough,
      })),
    })),
  );
  const groups: { [group in PlanGroup]?: Counts & { lanes: number } } = {};
  for (const group of options.groups ?? GROUPS) {
    const its = reports.filter((report) => report.group === group);
    groups[group] = { ...sumOf(its), lanes: its.length };
  }
  return { ...sumOf(reports), violations: reports.flatMap(({ violations }) => violations), groups };
}

function sumOf(reports: readonly LaneReport[]): Counts {
  const sum = (key: keyof Counts) => reports.reduce((total, report) => total + report[key], 0);
  return {
    operations: sum('operations'),
    allowed: sum('allowed'),
    denied: sum('denied'),
    underDeleting: sum('underDeleting'),
    underRight: sum('underRight'),
    underWrong: sum('underWrong'),
    unused: sum('unused'),
    leased: sum('leased'),
    failures: sum('failures'),
    refunds: sum('refunds'),
    lost: sum('lost'),
    deleted: sum('deleted'),
    writes: sum('writes'),
  };
}

/** In one line, and one more for each group. */
export function summaryOf({ violations, groups, ...all }: ModelReport): string {
  const percent = (part: number, of: number) => `${((100 * part) / of).toFixed(2)} %`;
  const lines = [
    `${all.operations} operations, ${all.writes} writes, ${all.allowed} allowed, ${all.denied} denied, ` +
      `${all.lost} requests or answers lost, ${all.deleted} items deleted, ${all.failures} store failures; ` +
      `over-admitted: ${violations.length}`,
  ];
  for (const [group, counts] of Object.entries({ ...groups, all })) {
    lines.push(
      `${group}: ${counts.operations} operations, ${counts.allowed} allowed` +
        `${counts.refunds > 0 ? ` (given back ${counts.refunds})` : ''}` +
        `${counts.leased > 0 ? ` (from leases or credits of shared limits ${counts.leased})` : ''}, ${counts.denied} denied, ` +
        `under-admitted ${percent(counts.underRight, counts.operations / 6)} with right clocks, ` +
        `${percent(counts.underWrong, counts.operations / 3)} with wrong ones, ` +
        `${percent(counts.underDeleting, counts.operations / 2)} while items were deleted`,
    );
  }
  return lines.join('\n      ');
}
