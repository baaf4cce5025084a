import type { ConditionalWrite, CounterStore } from '../../lambda/limiter/counter-store.ts';
import { Limiter, type LimiterOptions } from '../../lambda/limiter/limiter.ts';
import { type MemoryStore, memoryStore } from '../../lambda/store/memory.ts';

/** A store in memory, its limiters and their clock, and what they wrote. */
export interface Setup {
  now: number;
  readonly memory: MemoryStore;
  readonly written: { subject: string; write: ConditionalWrite }[];
  /** Called before each write; may throw, or change the item under the write. */
  before: (subject: string) => void | Promise<void>;
  limiter(options?: Partial<LimiterOptions>): Limiter;
}

export function setup(): Setup {
  const memory = memoryStore();
  const store: CounterStore = {
    async update(subject, write) {
      made.written.push({ subject, write });
      await made.before(subject);
      return memory.update(subject, write);
    },
  };
  const made: Setup = {
    now: 1.8e12,
    memory,
    written: [],
    before: () => {},
    limiter: (options = {}) => new Limiter({ store, clock: () => made.now, ...options }),
  };
  return made;
}
