/** A deliberate fault: one place of one file of `lambda/limiter`, and what it says instead. */
export interface Mutant {
  readonly name: string;
  readonly file: string;
  readonly text: string;
  readonly instead: string;
}

/** Each of these has to be noticed by the model test. A mutant whose text is no longer there makes the test fail. */
export const MUTANTS: readonly Mutant[] = [
  {
    name: 'no order guard: a late writer adds to an epoch that others have read',
    file: 'write-draft.ts',
    text: "this.require({ kind: 'absent-or-at-most', attribute: cellId, value: epoch });",
    instead: '',
  },
  {
    name: 'a running total that is born at 0',
    file: 'cells/sliding-window.ts',
    text: 'otherwise: look.at * 1000 }',
    instead: 'otherwise: 0 }',
  },
  {
    name: 'an item born again by a slower clock is taken for the old one',
    file: 'cells/sliding-window.ts',
    text: 'all(above(total, seen - 1), atMost(',
    instead: 'all(atMost(',
  },
  {
    name: 'sliding window: one epoch too few is counted',
    file: 'cells/sliding-window.ts',
    text: 'if (k < epoch - this.#m || count === 0) continue;',
    instead: 'if (k <= epoch - this.#m || count === 0) continue;',
  },
  {
    name: 'sliding window: what the container remembers is taken for the truth',
    file: 'cells/sliding-window.ts',
    text: 'atMost(total, seen + room)',
    instead: 'atMost(total, Number.MAX_SAFE_INTEGER)',
  },
  {
    name: 'sliding window: an epoch that still counts is removed',
    file: 'cells/sliding-window.ts',
    text: 'if (k < epoch - this.#m) names.push(',
    instead: 'if (k <= epoch - this.#m) names.push(',
  },
  {
    name: 'sliding window: who has seen nothing may take the share of both aligned windows twice',
    file: 'cells/sliding-window.ts',
    text: 'absentOrAtMost(before, room - share)',
    instead: 'absentOrAtMost(before, room)',
  },
  {
    name: 'fixed window: one unit too many',
    file: 'cells/fixed-window.ts',
    text: 'absentOrAtMost(now, this.limit - cost)',
    instead: 'absentOrAtMost(now, this.limit - cost + 1)',
  },
  {
    name: 'token bucket: who opens an epoch does not prove that the bucket was full',
    file: 'cells/token-bucket.ts',
    text: 'all(absent(now), absentOrAtMost(latest, floor))',
    instead: 'absent(now)',
  },
  {
    name: 'token bucket: who carries the value over does not prove that there is room',
    file: 'cells/token-bucket.ts',
    text: 'all(absent(now), above(latest, floor), atMost(latest, most))',
    instead: 'all(absent(now), above(latest, floor))',
  },
  {
    name: 'token bucket: tokens come back a little too soon',
    file: 'cells/token-bucket.ts',
    text: 'this.#token = Math.ceil((budget.windowMs * 1000) / budget.limit);',
    instead: 'this.#token = Math.floor((budget.windowMs * 1000) / budget.limit);',
  },
  {
    name: 'the item that a failed condition brings is not adopted',
    file: 'belief.ts',
    text: 'const newer = !applied || ',
    instead: 'const newer = applied && ',
  },
  {
    name: 'a credit pays for another cost than it was taken for',
    file: 'credits.ts',
    text: '=> credit.charges === charges)',
    instead: '=> credit.charges !== undefined)',
  },
  {
    name: 'a credit outlives its epoch',
    file: 'credits.ts',
    text: '.until <= now)',
    instead: '.until <= 0)',
  },
  {
    name: 'a credit pays twice',
    file: 'limiter.ts',
    text: 'ask.belief.credits.remove(credit);',
    instead: '',
  },
];
