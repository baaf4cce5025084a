/**
 * The time of a run: it stands still while requests are decided and moves from one arrival to the next, so that hours of
 * traffic pass in seconds and every contestant sees the same instants.
 */
export class VirtualClock {
  #now: number;

  /** @param start milliseconds since the epoch */
  constructor(start: number) {
    this.#now = start;
  }

  readonly now = (): number => this.#now;

  /** Never back. */
  moveTo(time: number): void {
    this.#now = Math.max(this.#now, time);
  }

  /** Makes `Date.now()` of this thread answer by this clock, for contestants that take no clock. Returns the way back. */
  install(): () => void {
    const real = Date.now;
    Date.now = this.now;
    return () => {
      Date.now = real;
    };
  }
}
