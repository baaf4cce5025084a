/** Requests that arrive at one instant. */
export interface Batch {
  /** Milliseconds since the start. */
  readonly at: number;
  readonly requests: readonly Request[];
}

export interface Request {
  readonly client: string;
  /** Which of the limiter instances meets it. */
  readonly instance: number;
}

/** `P`: one at a time, at random. `C`: 32 at one instant, the clumps evenly apart. `R`: such clumps at random. */
export type Pattern = 'P' | 'C' | 'R';
export const CLUMP = 32;

export interface ArrivalOptions {
  readonly pattern: Pattern;
  readonly random: () => number;
  /** Decisions in all; in clumps, the next multiple of 32. */
  readonly decisions: number;
  readonly perMinute: number;
  readonly instances: number;
  readonly client: () => string;
}

/** A Poisson process of single requests or of clumps, or even clumps, with the same mean rate of requests. */
export function arrivals(options: ArrivalOptions): Batch[] {
  const { pattern, random, decisions, perMinute, instances, client } = options;
  const size = pattern === 'P' ? 1 : CLUMP;
  const batches: Batch[] = [];
  let at = 0;
  for (let made = 0; made < decisions; made += size) {
    at += ((pattern === 'C' ? 1 : -Math.log(1 - random())) * size * 60_000) / perMinute;
    const requests = Array.from({ length: size }, () => ({
      client: client(),
      instance: Math.floor(random() * instances),
    }));
    batches.push({ at: Math.floor(at), requests });
  }
  return batches;
}
