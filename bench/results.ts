import type { AcrossItemsFigures } from './across-items.ts';
import type { CeilingFigures } from './ceiling-figures.ts';
import type { BundleFigures } from './measures/bundles.ts';
import type { CpuFigures } from './measures/cpu.ts';
import type { Outcome } from './run-workload.ts';

/** All that one run of the bench found; what was not run is empty or absent. */
export interface Results {
  readonly outcomes: readonly Outcome[];
  readonly ceiling: readonly CeilingFigures[];
  readonly acrossItems: readonly AcrossItemsFigures[];
  readonly cpu: readonly CpuFigures[];
  readonly bundles: readonly BundleFigures[];
  /** Decisions a second of one process against the engine. */
  readonly perSecond?: number;
  readonly machine: string;
  readonly quick: boolean;
}

export function outcomeOf(results: Results, contestant: string, workload: string): Outcome | undefined {
  return results.outcomes.find((one) => one.contestant === contestant && one.workload === workload);
}
