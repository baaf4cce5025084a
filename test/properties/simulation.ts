import type { CounterItem, CounterStore } from '../../lambda/limiter/counter-store.ts';
import type { Budget } from '../../lambda/policy/policy.ts';
import { memoryStore } from '../../lambda/store/memory.ts';

/** Virtual time in which requests are under way at once: what happens next is always the earliest event. */
export class Simulation {
  now = 1.8e12;
  readonly #events: { at: number; run: () => void }[] = [];

  at(time: number, run: () => void): void {
    this.#events.push({ at: time, run });
  }

  async run(): Promise<void> {
    for (;;) {
      this.#events.sort((a, b) => a.at - b.at);
      const event = this.#events.shift();
      if (!event) return;
      this.now = Math.max(this.now, event.at);
      event.run();
      // Lets everything that this event has set off go on until it waits for time to pass.
      await new Promise(setImmediate);
    }
  }
}

/** A store in memory that keeps a record of all that was ever counted, by attribute, whatever was removed since. */
export interface RecordingStore extends CounterStore {
  readonly counted: Map<string, number>;
  readonly items: Map<string, CounterItem>;
  writes: number;
}

/** @param inFlightMs how long a write is under way to the store; the answer takes as long again */
export function recordingStore(simulation?: Simulation, inFlightMs: () => number = () => 0): RecordingStore {
  const memory = memoryStore();
  const pause = (ms: number) =>
    new Promise<void>((resolve) => (simulation ? simulation.at(simulation.now + ms, resolve) : resolve()));
  const recording: RecordingStore = {
    counted: new Map(),
    items: memory.items,
    writes: 0,
    async update(subject, write) {
      const way = inFlightMs();
      await pause(way);
      recording.writes++;
      const outcome = await memory.update(subject, write);
      if (outcome.applied) {
        for (const { attribute, add } of write.assignments) {
          const key = `${subject} ${attribute}`;
          recording.counted.set(key, (recording.counted.get(key) ?? 0) + Number(add));
        }
      }
      await pause(way);
      return outcome;
    },
  };
  return recording;
}

/** Units counted for a cell, by epoch, in order. */
export function countedByEpoch(store: RecordingStore, subject: string, budget: Budget): [number, number][] {
  const prefix = `${subject} ${budget.cellId}.`;
  const token = Math.ceil((budget.windowMs * 1000) / budget.limit);
  return [...store.counted]
    .filter(([key]) => key.startsWith(prefix))
    .map(([key, added]): [number, number] => [
      Number.parseInt(key.slice(prefix.length), 36),
      budget.algorithm.endsWith('bucket') ? added / token : added,
    ])
    .sort(([a], [b]) => a - b);
}

/** How far any stretch of epochs went over what its cell allows; at most 0 if the limit held. */
export function excess(byEpoch: readonly [number, number][], budget: Budget): number {
  const { algorithm, limit, epochMs, windowMs } = budget;
  // The log's epochs are milliseconds here. Of the counter only what each window bounds by itself.
  const reach = {
    'fixed-window': 0,
    'sliding-window-counter': 0,
    'sliding-window': windowMs / epochMs,
    'sliding-window-log': windowMs - 1,
    'token-bucket': Number.POSITIVE_INFINITY,
    'leaky-bucket': Number.POSITIVE_INFINITY,
  }[algorithm]!;
  const place = Math.ceil((windowMs * 1000) / limit);
  // A queue's places begin in their epoch, or as long after it as one may wait.
  const longest = Math.min((budget.queue ?? 0) * place, (budget.maxDelayMs ?? 0) * 1000);
  const size = algorithm === 'leaky-bucket' ? (longest + epochMs * 1000) / place + 1 : (budget.burst ?? limit);
  let worst = Number.NEGATIVE_INFINITY;
  for (const [i, [last]] of byEpoch.entries()) {
    let sum = 0;
    for (let j = i; j >= 0; j--) {
      const [first, units] = byEpoch[j]!;
      if (last - first > reach) break;
      sum += units;
      const refilled = algorithm.endsWith('bucket') ? ((last - first) * epochMs * limit) / windowMs : 0;
      worst = Math.max(worst, sum - size - refilled);
    }
  }
  return worst;
}
