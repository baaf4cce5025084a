/**
 * Of values that come one after the other at most so many, each as likely to be among them as any other
 * (reservoir sampling: Vitter's algorithm R).
 */
export class FairSample {
  readonly values: number[] = [];
  readonly #most: number;
  readonly #random: () => number;
  #seen = 0;

  /** @param random from 0 up to 1 */
  constructor(most: number, random: () => number) {
    this.#most = most;
    this.#random = random;
  }

  add(value: number): void {
    this.#seen++;
    if (this.values.length < this.#most) {
      this.values.push(value);
      return;
    }
    const at = Math.floor(this.#random() * this.#seen);
    if (at < this.#most) this.values[at] = value;
  }
}
