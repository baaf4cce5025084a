import type { LeaseOutcome, LeaseRun, LeaseWrite } from './lease-simulation.ts';

/**
 * The formula of docs/reference/shared-limits.md, "What may be stranded": the most that a container holds ahead when this
 * write is sent, in requests.
 */
export function mostAhead(run: LeaseRun, demand: readonly number[], write: LeaseWrite): number {
  const { budget, cost } = run;
  let D = 0;
  for (const at of demand) if (at <= write.sentAt) D += Math.exp((at - write.sentAt) / 1000);
  const t = Math.min(1, usableMs(run, write) / 1000);
  const more = budget.epochMs >= 500 ? 2 : 0;
  const room = budget.burst ?? budget.limit;
  return Math.min(0.92 * D * t + more, room / cost / 10);
}

export interface Stranded {
  readonly container: number;
  /** Requests that were paid for and never passed. */
  readonly requests: number;
  readonly bound: number;
}

/** For each container what was stranded over a whole run, and at most may be. */
export function stranded(run: LeaseRun, outcome: LeaseOutcome): Stranded[] {
  const { writes, spent, demand } = outcome;
  return Array.from({ length: run.containers }, (_, container) => {
    const own = writes.filter((write) => write.container === container).sort((a, b) => a.sentAt - b.sentAt);
    const counted = own.reduce((sum, { requests }) => sum + requests, 0);
    const passed = own.filter((write) => write.passed).length;
    const used = spent.filter((one) => one.container === container).length;
    const periods: { epoch: number; until: number; held: number }[] = [];
    // A unit that another limit has denied comes back, and is held in addition to what was reckoned with.
    let more = outcome.denied[container]!;
    for (const write of own) {
      const { epoch, requests } = write;
      const until = write.sentAt + usableMs(run, write);
      const held = mostAhead(run, demand[container]!, write);
      const last = periods.at(-1);
      // Leases of one epoch end together, except where an item is ahead of the clock.
      if (last?.epoch === epoch && write.sentAt < last.until) {
        last.until = Math.min(last.until, until);
        last.held = Math.max(last.held, held);
      } else {
        periods.push({ epoch, until, held });
      }
      // Nobody knows that it was counted, or not before its epoch has ended: all of it is lost.
      if (isUnused(run, write)) more += requests;
    }
    const bound = periods.reduce((sum, { held }) => sum + held, more);
    return { container, requests: counted - passed - used, bound };
  });
}

const isUnused = (run: LeaseRun, write: LeaseWrite): boolean =>
  write.answeredAt === undefined || write.answeredAt - write.sentAt >= usableMs(run, write) - 1;

/** How long what this write takes may be used: until its epoch ends, by the clock with which it was made. */
export function usableMs({ budget }: LeaseRun, { epoch, clock }: LeaseWrite): number {
  const start = epoch * budget.epochMs;
  return start + budget.epochMs - Math.max(clock, start);
}
