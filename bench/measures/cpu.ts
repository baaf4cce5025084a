import { Limiter } from '../../lambda/limiter/limiter.ts';
import type { SubjectCharges } from '../../lambda/limiter/verdict.ts';
import { windowBudget } from '../../lambda/policy/budget.ts';
import { memoryStore } from '../../lambda/store/memory.ts';
import { percentile } from './percentile.ts';

/** How long one process computes for a decision, the store left out (a map stands in for it). */
export interface CpuFigures {
  readonly name: string;
  readonly p50Us: number;
  readonly p99Us: number;
  /** One after the other, in one process. */
  readonly perSecond: number;
}

const MINUTE = 60_000;
const WINDOWS = [1000, MINUTE, 15 * MINUTE, 60 * MINUTE, 1440 * MINUTE];

function request(windows: readonly number[], limit: number): SubjectCharges[] {
  const charges = windows.map((windowMs) => {
    const name = `w${windowMs}`;
    const budget = windowBudget(name, 'sliding-window', { limit, windowMs });
    return { name, budget, cost: 1, mode: 'enforce', onStoreFailure: 'allow' } as const;
  });
  return [{ subject: 'client:bench', charges }];
}

/** @param iterations that are measured, after half as many to warm up */
export async function measureCpu(iterations: number): Promise<CpuFigures[]> {
  return [
    await measure('one limit, admitted', request([MINUTE], 1e9), iterations),
    await measure('five limits, admitted', request(WINDOWS, 1e9), iterations),
    await measure('one limit, denied from memory', request([1440 * MINUTE], 1), iterations),
  ];
}

async function measure(name: string, asked: SubjectCharges[], iterations: number): Promise<CpuFigures> {
  let now = 1.8e12;
  const limiter = new Limiter({ store: memoryStore(), clock: () => now });
  for (let i = 0; i < iterations / 2; i++) {
    now++;
    await limiter.decide(asked);
  }
  const took = new Array<number>(iterations);
  for (let i = 0; i < iterations; i++) {
    now++;
    const since = process.hrtime.bigint();
    await limiter.decide(asked);
    took[i] = Number(process.hrtime.bigint() - since) / 1000;
  }
  const seconds = took.reduce((all, us) => all + us, 0) / 1e6;
  return { name, p50Us: percentile(took, 0.5), p99Us: percentile(took, 0.99), perSecond: iterations / seconds };
}
