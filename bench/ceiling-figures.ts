import { existsSync } from 'node:fs';

/** A ceiling of 10,000 a second that many containers share. */
export interface CeilingFigures {
  /** Demand over the limit. */
  readonly load: number;
  readonly containers: number;
  readonly writesPerDecision: number;
  /** Admitted over the limit; at a load below 1 at most the load. */
  readonly admitted: number;
  readonly writesPerSecond?: number;
  /** The most that was admitted in one second from its start, over the limit. */
  readonly busiestSecond?: number;
}

/** Runs the simulation of `ceiling.ts`; nothing where this checkout has none. */
export async function measureCeiling(): Promise<CeilingFigures[]> {
  const simulation = new URL('./ceiling.ts', import.meta.url);
  if (!existsSync(simulation)) return [];
  const { ceilingFigures } = (await import(simulation.href)) as { ceilingFigures?: () => Promise<CeilingFigures[]> };
  return ceilingFigures ? await ceilingFigures() : [];
}
