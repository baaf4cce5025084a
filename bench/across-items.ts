// Four items on each request, one of which denies about half: what is counted for nothing, in virtual time.
import type { CounterStore } from '../lambda/limiter/counter-store.ts';
import { Limiter } from '../lambda/limiter/limiter.ts';
import type { SubjectCharges } from '../lambda/limiter/verdict.ts';
import type { Budget } from '../lambda/policy/policy.ts';
import { memoryStore } from '../lambda/store/memory.ts';
import { seeded } from './load/random.ts';

/** The four subjects of a request. */
export const ITEMS = ['client', 'address', 'route', 'all'] as const;
export type Item = (typeof ITEMS)[number];

export interface AcrossItemsFigures {
  /** Whose limit denies about half; the others have room for twice the demand. */
  readonly denier: Item;
  readonly containers: number;
  readonly decisions: number;
  /** Share of the decisions. */
  readonly admitted: number;
  readonly writesPerDecision: number;
  /** Writes of one decision to one item: the most. */
  readonly writesPerItem: number;
  /** Of what was counted for each item the share that never passed. */
  readonly stranded: Readonly<Record<Item, number>>;
}

type Charges = SubjectCharges['charges'];

const START = 1.8e12;
const WARM_UP_MS = 60_000;
const LATENCY_MS = 5;
const CONTAINERS = 32;
const CLIENTS = 160;
/** Two clients behind each address. */
const ADDRESSES = CLIENTS / 2;
/** Requests a minute of each client. */
const DEMAND = 60;

/** `limit` is twice the demand, or half of it for the one that denies. */
function budgetsFor(denier: Item): Record<Item, Budget> {
  const size = (item: Item, demand: number) => (item === denier ? demand / 2 : demand * 2);
  const sliding = (item: Item, demand: number): Budget => ({
    algorithm: 'sliding-window',
    limit: size(item, demand),
    windowMs: 60_000,
    epochMs: 6000,
    cellId: item.slice(0, 3),
  });
  const fixed = (item: Item, demand: number): Budget => ({
    algorithm: 'fixed-window',
    limit: size(item, demand),
    windowMs: 1000,
    epochMs: 1000,
    cellId: item.slice(0, 3),
  });
  const perSecond = (CLIENTS * DEMAND) / 60;
  return {
    client: sliding('client', DEMAND),
    address: sliding('address', 2 * DEMAND),
    route: fixed('route', perSecond),
    all: fixed('all', perSecond),
  };
}

/** @param seconds that count, after a minute of warm-up */
export async function simulateAcrossItems(denier: Item, seconds = 90, seed = 7): Promise<AcrossItemsFigures> {
  const random = seeded(seed);
  const budgets = budgetsFor(denier);
  const memory = memoryStore();
  const answers: { at: number; go: () => void }[] = [];
  let now = START;
  const counts = () => now >= START + WARM_UP_MS;
  const counted: Record<Item, number> = { client: 0, address: 0, route: 0, all: 0 };
  let writes = 0;
  let decisions = 0;
  let admitted = 0;
  let writesPerItem = 0;

  const half = () => new Promise<void>((go) => answers.push({ at: now + LATENCY_MS / 2, go }));
  /** @param sent how often one decision has written to each item */
  const storeOf = (sent: Map<string, number>): CounterStore['update'] => {
    return async (subject, write) => {
      sent.set(subject, (sent.get(subject) ?? 0) + 1);
      if (counts()) writesPerItem = Math.max(writesPerItem, sent.get(subject)!);
      await half();
      const outcome = await memory.update(subject, write);
      if (outcome.applied && counts()) {
        const item = ITEMS.find((one) => subject === one || subject.startsWith(`${one}:`))!;
        const epoch = write.assignments.find(({ attribute }) => attribute.startsWith(`${budgets[item].cellId}.`));
        counted[item] += Number(epoch?.add ?? 0);
      }
      await half();
      return outcome;
    };
  };
  const limiters = Array.from({ length: CONTAINERS }, () => {
    const store: CounterStore = {
      update: storeOf(new Map()),
      forDecision: () => ({ update: storeOf(new Map()) }),
    };
    return new Limiter({ store, clock: () => now });
  });
  const chargesOf = (item: Item): Charges => [
    { name: item, budget: budgets[item], cost: 1, mode: 'enforce', onStoreFailure: 'allow' },
  ];
  const [ofClient, ofAddress, ofRoute, ofAll] = ITEMS.map(chargesOf) as [Charges, Charges, Charges, Charges];

  const request = async () => {
    const client = Math.floor(random() * CLIENTS);
    const verdict = await limiters[Math.floor(random() * CONTAINERS)]!.decide([
      { subject: `client:${client}`, charges: ofClient },
      { subject: `address:${client % ADDRESSES}`, charges: ofAddress },
      { subject: 'route:POST /orders', charges: ofRoute, shared: true },
      { subject: 'all', charges: ofAll, shared: true },
    ]);
    if (!counts()) return;
    decisions++;
    writes += verdict.writes;
    if (verdict.allowed) admitted++;
  };

  const settle = () => new Promise(setImmediate);
  const end = START + WARM_UP_MS + seconds * 1000;
  for (let next = START; ; ) {
    next += (-Math.log(1 - random()) * 60_000) / (CLIENTS * DEMAND);
    while (answers.length && (answers[0]!.at <= next || next >= end)) {
      now = answers[0]!.at;
      while (answers[0]?.at === now) answers.shift()!.go();
      await settle();
    }
    if (next >= end) break;
    now = next;
    void request();
    await settle();
  }
  const stranded = Object.fromEntries(ITEMS.map((item) => [item, Math.max(0, 1 - admitted / counted[item])])) as Record<
    Item,
    number
  >;
  return {
    denier,
    containers: CONTAINERS,
    decisions,
    admitted: admitted / decisions,
    writesPerDecision: writes / decisions,
    writesPerItem,
    stranded,
  };
}

/** What `npm run bench` shows. */
export async function measureAcrossItems(seconds?: number): Promise<AcrossItemsFigures[]> {
  const figures: AcrossItemsFigures[] = [];
  for (const denier of ITEMS) figures.push(await simulateAcrossItems(denier, seconds));
  return figures;
}
