// A ceiling that many containers share, in virtual time: what it costs in writes, and how much of it is used.
import type { CounterStore } from '../lambda/limiter/counter-store.ts';
import { Limiter } from '../lambda/limiter/limiter.ts';
import type { Charge, SubjectCharges } from '../lambda/limiter/verdict.ts';
import type { Budget } from '../lambda/policy/policy.ts';
import { memoryStore } from '../lambda/store/memory.ts';

export interface CeilingOptions {
  readonly budget: Budget;
  readonly containers: number;
  /** Demand as a share of the ceiling. */
  readonly load: number;
  /** How long a write takes, both ways together. @default 5 */
  readonly latencyMs?: number;
  /** Share of the requests that the caller's own limit denies, after the ceiling has been taken. @default 0 */
  readonly denied?: number;
  /** Seconds that count; two more go before. @default 4 */
  readonly seconds?: number;
  /** Other arrivals. @default 7 */
  readonly seed?: number;
}

export interface CeilingResult {
  readonly decisions: number;
  readonly writesPerDecision: number;
  readonly writesPerSecond: number;
  /** Admitted, as a share of what the ceiling allows in the time. */
  readonly admitted: number;
  /** The most that was admitted in one second from its start, as a share of the ceiling. */
  readonly busiestSecond: number;
  /** Counted and never used, as a share of what the ceiling allows in the time. */
  readonly stranded: number;
}

const START = 1.8e12;
const WARM_UP_MS = 2000;

/** Poisson arrivals, each at a random container. Everything is virtual, so the figures are the same on every machine. */
export async function simulateCeiling(options: CeilingOptions): Promise<CeilingResult> {
  const { budget, containers, load, latencyMs = 5, denied = 0, seconds = 4, seed = 7 } = options;
  const random = seeded(seed);
  const memory = memoryStore();
  const answers: { at: number; send: () => void }[] = [];
  let now = START;
  let writes = 0;
  const store: CounterStore = {
    async update(subject, write) {
      if (subject === 'all') writes++;
      await new Promise<void>((send) => answers.push({ at: now + latencyMs / 2, send }));
      const outcome = await memory.update(subject, write);
      for (const { attribute, add } of outcome.applied ? write.assignments : []) {
        if (attribute.startsWith(`${budget.cellId}.`) && now >= START + WARM_UP_MS) counted += Number(add);
      }
      await new Promise<void>((send) => answers.push({ at: now + latencyMs / 2, send }));
      return outcome;
    },
  };
  const limiters = Array.from({ length: containers }, () => new Limiter({ store, clock: () => now }));
  const ceiling: SubjectCharges = { subject: 'all', charges: [chargeOf('ceiling', budget)], shared: true };
  // A limit that this one has already reached: denies, but only after it was asked.
  const perSecond = (budget.limit * 1000) / budget.windowMs;
  const end = START + WARM_UP_MS + seconds * 1000;
  const bySecond = new Map<number, number>();
  let decisions = 0;
  let admitted = 0;
  let before: number | undefined;
  let counted = 0;

  let requests = 0;
  const request = async () => {
    const limiter = limiters[Math.floor(random() * containers)]!;
    const at = now;
    const refused = random() < denied;
    const asked = refused
      ? [ceiling, { subject: `client:${requests++}`, charges: [chargeOf('own', NOTHING_LEFT)] }]
      : [ceiling];
    if (refused)
      memory.items.set(asked[1]!.subject, {
        no: Math.floor(now / 60_000),
        [`no.${Math.floor(now / 60_000).toString(36)}`]: 1,
      });
    const verdict = await limiter.decide(asked);
    if (refused) memory.items.delete(asked[1]!.subject);
    if (at < START + WARM_UP_MS) return;
    decisions++;
    if (!verdict.allowed) return;
    admitted++;
    // When it was counted, or paid from a lease: by a write of its own it passes later than that.
    const second = Math.floor((verdict.writes > 0 ? now - latencyMs : now) / 1000);
    bySecond.set(second, (bySecond.get(second) ?? 0) + 1);
  };

  for (let next = START; ; ) {
    next += (-Math.log(1 - random()) * 1000) / (perSecond * load);
    while (answers.length && (answers[0]!.at <= next || next >= end)) {
      const { at, send } = answers.shift()!;
      now = at;
      send();
      for (let i = 0; i < 16; i++) await undefined;
    }
    if (next >= end) break;
    // An answer may have moved the clock on already: only the arrivals tell where the warm-up ends.
    if (next >= START + WARM_UP_MS) before ??= writes;
    now = next;
    void request();
    for (let i = 0; i < 4; i++) await undefined;
  }
  await new Promise(setImmediate);
  const allowed = perSecond * seconds;
  return {
    decisions,
    writesPerDecision: (writes - (before ?? 0)) / decisions,
    writesPerSecond: (writes - (before ?? 0)) / seconds,
    admitted: admitted / allowed,
    busiestSecond: Math.max(0, ...bySecond.values()) / perSecond,
    stranded: (counted - admitted) / allowed,
  };
}

/** What `npm run bench` shows: 10,000 a second, fixed window, 5 ms a write. */
export async function ceilingFigures() {
  const figures = [];
  for (const load of [0.5, 0.95, 1.1, 2]) {
    for (const containers of [8, 32, 128]) {
      const result = await simulateCeiling({ budget: CEILING, containers, load });
      figures.push({ containers, load, ...result });
    }
  }
  return figures;
}

export const CEILING: Budget = {
  algorithm: 'fixed-window',
  limit: 10_000,
  windowMs: 1000,
  epochMs: 1000,
  cellId: 'cei',
};

const NOTHING_LEFT: Budget = { algorithm: 'fixed-window', limit: 1, windowMs: 60_000, epochMs: 60_000, cellId: 'no' };

function chargeOf(name: string, budget: Budget): Charge {
  return { name, budget, cost: 1, mode: 'enforce', onStoreFailure: 'allow' };
}

function seeded(seed: number): () => number {
  let state = seed | 0;
  return () => {
    state = (state + 0x6d2b79f5) | 0;
    let mixed = Math.imul(state ^ (state >>> 15), 1 | state);
    mixed = (mixed + Math.imul(mixed ^ (mixed >>> 7), 61 | mixed)) ^ mixed;
    return ((mixed ^ (mixed >>> 14)) >>> 0) / 2 ** 32;
  };
}
