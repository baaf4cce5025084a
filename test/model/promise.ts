import type { Budget } from '../../lambda/policy/policy.ts';
import { windowStart } from './window-model.ts';

/** Units that passed, and when by the true time, ms: in a queue when they left it. */
export interface Pass {
  readonly at: number;
  readonly units: number;
  /** It was given back meanwhile, so it does not count. */
  back?: boolean;
}

/**
 * Whether more passed than the limit promises to whoever looks at the true time only. It does not matter how it was
 * counted, by whose write, or whether it was taken ahead.
 *
 * Clocks that are off by at most `skewMs` see the same instant up to twice that apart. A promise holds for stretches that
 * are so much shorter, or for so much more inflow.
 *
 * @param passes paid from one life of the item, in any order
 */
export function isKept(budget: Budget, passes: readonly Pass[], skewMs: number): boolean {
  const { algorithm, windowMs, epochMs, limit } = budget;
  const inOrder = passes.filter(({ back }) => !back).sort((a, b) => a.at - b.at);
  switch (algorithm) {
    case 'sliding-window':
    case 'sliding-window-log':
      return mostIn(inOrder, windowMs - 2 * skewMs) <= limit;
    case 'fixed-window':
    case 'sliding-window-counter': {
      const windows = new Map<number, number>();
      for (const { at, units } of inOrder) {
        const start = windowStart(budget, at);
        const certain = windowStart(budget, at - skewMs) === start && windowStart(budget, at + skewMs) === start;
        if (certain) windows.set(start, (windows.get(start) ?? 0) + units);
      }
      return [...windows.values()].every((sum) => sum <= limit);
    }
    case 'token-bucket': {
      // The burst, and the rate for every stretch rounded up to whole epochs.
      const token = Math.ceil((windowMs * 1000) / limit);
      return flows(inOrder, token, budget.burst! * token + (epochMs + 2 * skewMs) * 1000);
    }
    case 'leaky-bucket': {
      // One, and the rate for every stretch and an epoch; who takes several places leaves with the last of them.
      const place = Math.ceil((windowMs * 1000) / limit);
      const largest = Math.max(1, ...inOrder.map(({ units }) => units));
      return flows(inOrder, place, largest * place + (1 + epochMs + 2 * skewMs) * 1000);
    }
  }
}

/** The most units in any stretch shorter than `ms`. */
function mostIn(passes: readonly Pass[], ms: number): number {
  let most = 0;
  let sum = 0;
  let from = 0;
  for (const { at, units } of passes) {
    sum += units;
    while (from < passes.length && passes[from]!.at <= at - ms) sum -= passes[from++]!.units;
    most = Math.max(most, sum);
  }
  return most;
}

/** Whether a tank of `size` microseconds, full at first, never runs dry if each unit takes `each`. */
function flows(passes: readonly Pass[], each: number, size: number): boolean {
  let content = size;
  let then = Number.NEGATIVE_INFINITY;
  for (const { at, units } of passes) {
    content = Math.min(size, content + (at - then) * 1000) - units * each;
    then = at;
    if (content < 0) return false;
  }
  return true;
}
