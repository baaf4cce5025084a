/** The rate fades over this time, ms. */
const HORIZON_MS = 1000;

/**
 * Which of many like lines are written, so that an attack does not become a bill for logs: all of them up to `perSecond`,
 * above that one of every `n`, where `n` follows the rate. Which of the `n` is drawn for each `n` anew: no caller can know.
 *
 * Whatever comes, and however fast: at most `perSecond` lines a second in the long run, and after a quiet time at most
 * `perSecond * (1 + ln(events / perSecond))` more. The events that the lines stand for differ from those that came by
 * less than one `n`.
 */
export class Sampler {
  readonly #perSecond: number;
  readonly #random: () => number;
  /** Events seen, fading with their age: at a steady rate as many as come in `HORIZON_MS`. */
  #recent = 0;
  #at = Number.NEGATIVE_INFINITY;
  /** Of this many one is written. */
  #of = 0;
  #seen = 0;
  #chosen = 0;

  /** @param random from 0 up to 1 */
  constructor(perSecond: number, random: () => number = Math.random) {
    this.#perSecond = perSecond;
    this.#random = random;
  }

  /**
   * One more event.
   *
   * @param now milliseconds, of any clock
   * @returns how many events its line stands for; 0: no line
   */
  represents(now: number): number {
    this.#recent = this.#recent * Math.exp(-Math.max(0, now - this.#at) / HORIZON_MS) + 1;
    this.#at = now;
    if (this.#seen === this.#of) {
      this.#seen = 0;
      this.#of = Math.max(1, Math.ceil(this.#recent / this.#perSecond));
      this.#chosen = Math.min(this.#of - 1, Math.floor(this.#random() * this.#of));
    }
    return this.#seen++ === this.#chosen ? this.#of : 0;
  }
}
