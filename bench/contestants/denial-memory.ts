/** Until when an instance knows a client to be denied: what anybody would add to a limiter of their own. */
export class DenialMemory {
  readonly #until = new Map<string, number>();

  denies(client: string, now: number): boolean {
    return (this.#until.get(client) ?? 0) > now;
  }

  remember(client: string, until: number): void {
    this.#until.set(client, Math.max(until, this.#until.get(client) ?? 0));
  }
}

/** The number of the window that `now` is in; windows are aligned to the clock. */
export const windowOf = (now: number, windowMs: number): number => Math.floor(now / windowMs);
