import { Limiter } from '../../lambda/limiter/limiter.ts';
import type { Budget } from '../../lambda/policy/policy.ts';
import { StoreClock } from '../../lambda/store/store-clock.ts';
import { asked, charge } from '../limiter/budgets.ts';
import { seeded } from '../properties/random.ts';
import { countedByEpoch, excess, recordingStore } from '../properties/simulation.ts';

export interface ClockRun {
  readonly allowed: number;
  readonly writes: number;
  /** Answers by `onStoreFailure` because an item was too far ahead. */
  readonly failures: number;
  /** Units over the limit in any stretch of epochs, as counted; at most 0 where the limit held. */
  readonly excess: number;
  /** The most units let through in any stretch of real time that is a window less 1.1 s long. */
  readonly mostInAWindow: number;
}

const CONTAINERS = 8;
const MINUTES = 20;
/** A write takes so long there, and so long back, ms. */
const WAY_MS = 5;

/**
 * Twice the limit for twenty minutes on eight containers; the clock of the first is off by `error(t)`, t in ms since the
 * start. Each container corrects its clock by the `Date` of the store's answers, of which the first comes at INIT.
 */
export async function clockRun(budget: Budget, error: (sinceStart: number) => number, seed = 1): Promise<ClockRun> {
  const random = seeded(seed);
  const store = recordingStore();
  const start = 1.8e12 + 123;
  let now = start;
  const date = () => new Date(Math.floor(now / 1000) * 1000).toUTCString();

  const containers = Array.from({ length: CONTAINERS }, (_, i) => {
    const own = () => now + (i === 0 ? error(now - start) : 0);
    const clock = new StoreClock(own);
    clock.observe(date(), own() - WAY_MS, own() + WAY_MS);
    return new Limiter({
      clock: () => clock.now(),
      store: {
        async update(subject, write) {
          const sentAt = own();
          now += WAY_MS;
          const outcome = await store.update(subject, write);
          const made = date();
          now += WAY_MS;
          clock.observe(made, sentAt, own());
          return outcome;
        },
      },
    });
  });

  const passed: number[] = [];
  let failures = 0;
  const request = [asked('one', charge(budget, { onStoreFailure: 'deny' }))];
  while (now - start < MINUTES * 60_000) {
    now += Math.floor((-Math.log(1 - random()) * budget.windowMs) / (2 * budget.limit));
    const verdict = await containers[Math.floor(random() * CONTAINERS)]!.decide(request);
    if (verdict.failure) failures++;
    else if (verdict.allowed) passed.push(now);
  }
  return {
    allowed: passed.length,
    writes: store.writes,
    failures,
    excess: excess(countedByEpoch(store, 'one', budget), budget),
    mostInAWindow: mostWithin(passed, budget.windowMs - 1100),
  };
}

function mostWithin(times: readonly number[], stretch: number): number {
  let most = 0;
  let first = 0;
  for (const [i, time] of times.entries()) {
    while (times[first]! < time - stretch) first++;
    most = Math.max(most, i - first + 1);
  }
  return most;
}
