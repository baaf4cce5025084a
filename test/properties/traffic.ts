import type { Budget } from '../../lambda/policy/policy.ts';
import { seeded } from './random.ts';

/** One request of the random traffic. */
export interface Step {
  readonly time: number;
  /** Which of the instances meets it; use is uneven, so that some beliefs go stale. */
  readonly instance: number;
  /** The instance forgets everything first. */
  readonly cold: boolean;
  /** Somebody deletes the item first, where a test asks for that. */
  readonly deleted: boolean;
  readonly cost: number;
}

/**
 * Random traffic against some budgets: load from a fifth of the tightest rate to twenty times it, idle gaps of up to two
 * and a half windows, cold starts, costs from 1 to 5.
 */
export function* traffic(seed: number, steps: number, instances: number, budgets: readonly Budget[]): Generator<Step> {
  const random = seeded(seed);
  const rate = Math.min(...budgets.map((budget) => budget.limit / budget.windowMs));
  const window = Math.min(...budgets.map((budget) => budget.windowMs));
  let time = 1.8e12 + Math.floor(random() * 1e7);
  let load = 1;
  for (let i = 0; i < steps; i++) {
    if (i % 60 === 0) load = [0.2, 0.8, 1, 1.5, 5, 20][Math.floor(random() * 6)] ?? 1;
    const gap = random() < 0.005 ? random() * 2.5 * window : -Math.log(1 - random()) / (rate * load);
    time += Math.floor(gap);
    yield {
      time,
      instance: random() < 0.02 ? instances - 1 : Math.floor(random() ** 2 * (instances - 1)),
      cold: random() < 0.01,
      deleted: random() < 0.003,
      cost: random() < 0.1 ? 1 + Math.floor(random() * 5) : 1,
    };
  }
}
