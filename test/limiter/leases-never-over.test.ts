import fc from 'fast-check';
import type { Budget } from '../../lambda/policy/policy.ts';
import { BUDGETS, rightClocks, wrongClocks } from './lease-arbitraries.ts';
import { stranded, usableMs } from './lease-bounds.ts';
import { type LeaseOutcome, type LeaseRun, simulateLeases } from './lease-simulation.ts';

jest.setTimeout(120_000);

/** More with HEADGATE_RUNS=500. */
const numRuns = Number(process.env.HEADGATE_RUNS ?? 25);
const START = 1.8e12;

/** When units passed, by the true time: those that a write of the request's own paid for when they were counted. */
function passes({ writes, spent }: LeaseOutcome): number[] {
  const own = writes.filter(({ passed }) => passed).map(({ countedAt }) => countedAt);
  return [...own, ...spent.map(({ at }) => at)].sort((a, b) => a - b);
}

/** The most that passed within `stretch`, both ends included. */
function mostWithin(times: readonly number[], stretch: number): number {
  let most = 0;
  let first = 0;
  for (const [i, time] of times.entries()) {
    while (times[first]! < time - stretch) first++;
    most = Math.max(most, i - first + 1);
  }
  return stretch < 0 ? 0 : most;
}

/** Units over what the algorithm promises to whoever looks at the true time only. `slack`: clocks and ways, ms. */
function over(budget: Budget, cost: number, times: readonly number[], slack: number): number {
  const { algorithm, limit, windowMs, epochMs } = budget;
  switch (algorithm) {
    case 'sliding-window':
      return cost * mostWithin(times, windowMs - slack) - limit;
    case 'token-bucket': {
      const size = budget.burst ?? limit;
      let worst = Number.NEGATIVE_INFINITY;
      for (const [j, to] of times.entries()) {
        for (let i = 0; i <= j; i++) {
          const epochs = Math.ceil((to - times[i]! + slack) / epochMs);
          worst = Math.max(worst, cost * (j - i + 1) - size - (epochs * epochMs * limit) / windowMs);
        }
      }
      return worst;
    }
    default: {
      // A window of a fixed one, and the present one of the classic counter: less the slack at both ends.
      let worst = cost * mostWithin(times, windowMs - slack) - 2 * limit;
      const byWindow = new Map<number, number>();
      for (const time of times) {
        const window = Math.floor(time / windowMs);
        const into = time - window * windowMs;
        if (into < slack || into >= windowMs - slack) continue;
        byWindow.set(window, (byWindow.get(window) ?? 0) + cost);
      }
      for (const units of byWindow.values()) worst = Math.max(worst, units - limit);
      return worst;
    }
  }
}

/** By the epochs of the store: what was counted, over what the algorithm allows. */
function overCounted(budget: Budget, cost: number, { writes }: LeaseOutcome): number {
  const times = writes.flatMap(({ epoch, requests }) =>
    Array.from({ length: requests }, () => (epoch + 0.5) * budget.epochMs),
  );
  times.sort((a, b) => a - b);
  // Whole epochs are counted together: one epoch more than the window has.
  return budget.algorithm === 'sliding-window'
    ? cost * mostWithin(times, budget.windowMs) - budget.limit
    : over(budget, cost, times, 0);
}

/**
 * Each that passed without a write of its own takes a unit that its container has taken ahead, and not longer ago than
 * an epoch lasts.
 *
 * @returns those for which there was none
 */
function unpaid(run: LeaseRun, { writes, spent }: LeaseOutcome): number {
  let missing = 0;
  const units = writes
    .filter(({ answeredAt }) => answeredAt !== undefined)
    .map((write) => ({
      container: write.container,
      from: write.answeredAt!,
      until: write.sentAt + usableMs(run, write),
      left: write.requests - (write.passed ? 1 : 0),
    }))
    .sort((a, b) => a.until - b.until);
  for (const { container, at } of spent) {
    const unit = units.find(
      (one) => one.container === container && one.left > 0 && one.from <= at && at < one.until + 1,
    );
    if (unit) unit.left--;
    else missing++;
  }
  return missing;
}

describe.each(Object.entries(BUDGETS))('leases of a %s', (algorithm, budget) => {
  const worst = { stranded: 0, ofBound: 0, spent: 0, decisions: 0 };
  const hold = async (run: LeaseRun, slack: (outcome: LeaseOutcome) => number) => {
    const outcome = await simulateLeases(run);
    worst.spent += outcome.spent.length;
    worst.decisions += outcome.decisions;
    expect(overCounted(run.budget, run.cost, outcome)).toBeLessThanOrEqual(1e-6);
    expect(unpaid(run, outcome)).toBe(0);
    expect(over(run.budget, run.cost, passes(outcome), slack(outcome))).toBeLessThanOrEqual(1e-6);
    return outcome;
  };
  const holdStranded = (run: LeaseRun, outcome: LeaseOutcome) => {
    for (const { requests, bound } of stranded(run, outcome)) {
      worst.stranded = Math.max(worst.stranded, requests);
      if (bound > 10 && run.denied === 0) worst.ofBound = Math.max(worst.ofBound, requests / bound);
      expect(requests).toBeLessThanOrEqual(bound + 1e-6);
    }
  };

  test('right clocks, frozen containers, late and lost answers: never over, stranded within the bound', async () => {
    await fc.assert(
      fc.asyncProperty(rightClocks(budget), async (run) => {
        const outcome = await hold(run, ({ longestWayMs }) => longestWayMs);
        holdStranded(run, outcome);
      }),
      { numRuns },
    );
  });

  test('wrong clocks, clocks that are set back: never over for stretches shorter by as much', async () => {
    await fc.assert(
      fc.asyncProperty(wrongClocks(budget), async (run) => {
        const outcome = await hold(run, ({ longestWayMs, disagreementMs }) => longestWayMs + disagreementMs);
        holdStranded(run, outcome);
      }),
      { numRuns },
    );
  });

  afterAll(() => {
    // The runs were about leases at all.
    expect(worst.spent / worst.decisions).toBeGreaterThan(0.05);
    if (process.env.HEADGATE_PRINT) process.stderr.write(`${algorithm}: ${JSON.stringify(worst)}\n`);
  });
});

test('the true time of a run begins at a whole window', () => expect(START % 60_000).toBe(0));
