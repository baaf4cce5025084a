/**
 * A clock that is put right by the store's `Date` header, so that all containers agree on the time although their own
 * clocks differ.
 *
 * The header has whole seconds and the answer was under way for a while, so each answer only says: *the difference lies
 * between lo and hi*. As long as the present correction lies within, it stays; else it moves to the nearer bound. So a
 * clock that is right is never touched, and one that is wrong is right to a fraction of a second after some answers.
 *
 * ```
 *   own clock    sent ------------------------- received
 *   store             D ......... D + 1 s          (made at some instant in between)
 *   difference (store - own):   D - received  <  difference  <  D + 1 s - sent
 * ```
 */
export class StoreClock {
  readonly #own: () => number;
  readonly #mostMs: number;
  #correction = 0;
  #lastOwn = Number.NEGATIVE_INFINITY;

  /**
   * @param own milliseconds since the epoch
   * @param mostMs a larger correction is not believed, whoever asks for it. DynamoDB refuses requests whose signature is
   *   more than five minutes off, so a store that answers cannot be further away.
   */
  constructor(own: () => number, mostMs = 300_000) {
    this.#own = own;
    this.#mostMs = mostMs;
  }

  /**
   * Milliseconds since the epoch, on the store's clock as far as known.
   *
   * Where the own clock has gone back, the time stands still instead: an item that was written a moment ago would
   * otherwise seem to be of the future, nobody would ask the store about it, and no answer would put the clock right.
   */
  now(): number {
    const own = this.#own();
    if (own < this.#lastOwn) this.#correction += this.#lastOwn - own;
    this.#lastOwn = own;
    return own + this.#correction;
  }

  /** What is added to the own clock, ms. */
  get correctionMs(): number {
    return this.#correction;
  }

  /**
   * Takes note of an answer.
   *
   * @param date the header's value, for example `Tue, 24 Nov 2026 15:04:05 GMT`; anything else is left aside
   * @param sentAt when the request was sent, on the own clock
   * @param receivedAt when the answer came, on the own clock
   */
  observe(date: string | undefined, sentAt: number, receivedAt: number): void {
    const second = Date.parse(date ?? '');
    if (Number.isNaN(second) || receivedAt < sentAt) return;
    const lo = second - receivedAt;
    const hi = second + 1000 - sentAt;
    if (hi < -this.#mostMs || lo > this.#mostMs) return;
    this.#correction = Math.min(Math.max(this.#correction, lo), hi);
  }
}
