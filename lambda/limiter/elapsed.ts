/**
 * How much time has passed, in whole milliseconds that never go back: by the clock or by a monotonic one, whichever says
 * more.
 *
 * What is held in memory ends by this. Either clock alone would keep it too long: the one is set back now and then, and
 * whether the other goes on while a function is frozen is not documented.
 *
 * ```
 *   clock       ---------->| set back   ------------->     goes on from where it stood
 *   monotonic   ------------------>| frozen     ----->     pulled up to the clock
 *   the answer  -------------------------------------->
 * ```
 */
export class Elapsed {
  readonly #monotonic: (() => number) | undefined;
  #reading = Number.NEGATIVE_INFINITY;
  #clock = Number.NEGATIVE_INFINITY;
  /** What is added to the clock: by how much it was set back. */
  #lost = 0;
  /** What is added to the monotonic clock. */
  #ahead = Number.NEGATIVE_INFINITY;

  /** @param monotonic milliseconds, from any origin. Without it a step back is only seen as far as it goes behind the last reading. */
  constructor(monotonic?: () => number) {
    this.#monotonic = monotonic;
  }

  /** @param clock what the clock says now, whole ms */
  at(clock: number): number {
    if (clock < this.#clock) this.#lost += this.#clock - clock;
    this.#clock = clock;
    this.#reading = Math.max(this.#reading, clock + this.#lost);
    if (this.#monotonic) {
      const tick = this.#monotonic();
      this.#reading = Math.max(this.#reading, Math.floor(tick + this.#ahead));
      this.#ahead = Math.max(this.#ahead, this.#reading - tick);
    }
    return this.#reading;
  }
}
