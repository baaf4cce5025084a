import type { Timers } from '../../lambda/store/reliable-store.ts';

/** Timers and a clock that only move when told to. */
export class VirtualTimers implements Timers {
  now = 0;
  readonly #pending = new Map<number, { at: number; callback: () => void }>();
  #last = 0;

  readonly clock = (): number => this.now;

  get pending(): number {
    return this.#pending.size;
  }

  set(callback: () => void, ms: number): number {
    this.#pending.set(++this.#last, { at: this.now + ms, callback });
    return this.#last;
  }

  clear(timer: unknown): void {
    this.#pending.delete(timer as number);
  }

  /** Lets time pass; what falls due runs at its time, and what that sets off goes on. */
  async pass(ms: number): Promise<void> {
    const end = this.now + ms;
    for (;;) {
      await new Promise(setImmediate);
      const due = [...this.#pending].filter(([, { at }]) => at <= end).sort(([, a], [, b]) => a.at - b.at)[0];
      if (!due) break;
      this.now = due[1].at;
      this.#pending.delete(due[0]);
      due[1].callback();
    }
    this.now = end;
    await new Promise(setImmediate);
  }
}
