import { Limiter } from '../../lambda/limiter/limiter.ts';
import type { SubjectCharges } from '../../lambda/limiter/verdict.ts';
import { asked, charge, fixedWindow, slidingWindow } from '../limiter/budgets.ts';
import { useEngine } from '../support/engine/use-engine.ts';

const CONTAINERS = 6;
const ITEMS = ['client', 'address', 'route', 'all'] as const;
type Item = (typeof ITEMS)[number];
const BUDGETS = {
  client: slidingWindow(40, 60_000, 10, 'cli'),
  address: slidingWindow(1000, 60_000, 10, 'adr'),
  route: fixedWindow(1000, 1000, 'rou'),
  all: fixedWindow(1000, 1000, 'all'),
};

describe('client, address, route and all on each request, several containers, on the engine', () => {
  const engine = useEngine();
  let run = 0;

  /** Containers of a new world whose clock stands still, and what each has written to which item, in order. */
  function world() {
    const prefix = `${run++}:`;
    const sent: { container: number; subject: string; applied: boolean; units: number }[] = [];
    let underWay = 0;
    let most = 0;
    const limiters = Array.from({ length: CONTAINERS }, (_, container) => {
      const update: typeof engine.store.update = async (subject, write, options) => {
        most = Math.max(most, ++underWay);
        const outcome = await engine.store.update(subject, write, options);
        underWay--;
        const id = write.assignments.find(({ attribute }) => /^(cli|adr|rou|all)\./.test(attribute));
        sent.push({
          container,
          subject: subject.slice(prefix.length),
          applied: outcome.applied,
          units: Number(id?.add),
        });
        return outcome;
      };
      return new Limiter({ clock: () => 1.8e12 + 123, store: { update } });
    });
    const request = (client: string): SubjectCharges[] => [
      asked(`${prefix}client:${client}`, charge(BUDGETS.client)),
      asked(`${prefix}address:1`, charge(BUDGETS.address)),
      { ...asked(`${prefix}route:POST /x`, charge(BUDGETS.route)), shared: true },
      { ...asked(`${prefix}all`, charge(BUDGETS.all)), shared: true },
    ];
    const counted = (item: Item, container?: number) =>
      sent
        .filter((one) => one.applied && one.subject.startsWith(item) && (container ?? one.container) === one.container)
        .reduce((sum, { units }) => sum + units, 0);
    return { limiters, request, sent, counted, most: () => most };
  }

  test('the usual path: one write for each item that needs one, all of them at the same time', async () => {
    const { limiters, request, sent, most } = world();
    expect(await limiters[0]!.decide(request('a'))).toMatchObject({ allowed: true, writes: 4 });
    expect(most()).toBe(4);
    expect(sent.map(({ subject }) => subject.split(':')[0]).sort()).toEqual([...ITEMS].sort());
    for (let i = 0; i < 20; i++) await limiters[0]!.decide(request('a'));
    sent.length = 0;
    // Route and all are leased by now.
    const verdict = await limiters[0]!.decide(request('a'));
    expect(verdict.allowed).toBe(true);
    expect(verdict.writes).toBeLessThanOrEqual(4);
    expect(new Set(sent.map(({ subject }) => subject)).size).toBe(sent.length);
  });

  test('a denied request holds one unit of each other item in its container, which the next one uses', async () => {
    const { limiters, request, sent, counted } = world();
    for (let i = 0; i < 40; i++) await limiters[0]!.decide(request('a'));
    expect(counted('client')).toBe(40);

    // Containers that have not seen the client: each asks once, and is denied by the client's own item.
    sent.length = 0;
    for (const limiter of limiters.slice(1)) {
      expect(await limiter.decide(request('a'))).toMatchObject({ allowed: false, binding: { name: 'cli' } });
    }
    expect(counted('client')).toBe(0);
    for (const item of ['address', 'route', 'all'] as const) {
      for (let container = 1; container < CONTAINERS; container++) expect(counted(item, container)).toBe(1);
    }

    // Denied from memory: nothing more is counted, however often it asks.
    sent.length = 0;
    for (const limiter of limiters.slice(1)) {
      for (let i = 0; i < 5; i++)
        expect(await limiter.decide(request('a'))).toMatchObject({ allowed: false, writes: 0 });
    }
    expect(sent).toEqual([]);

    // Another client from there is paid for by it: one write, for its own item.
    for (const limiter of limiters.slice(1)) {
      expect(await limiter.decide(request('b'))).toMatchObject({ allowed: true, writes: 1 });
    }
    expect(sent.map(({ subject }) => subject)).toEqual(Array(CONTAINERS - 1).fill('client:b'));
  });

  test('many at once: what passes is within every limit, and what is counted for nothing is at most what was denied', async () => {
    const { limiters, request, counted } = world();
    let passed = 0;
    let denied = 0;
    for (let round = 0; round < 4; round++) {
      const verdicts = await Promise.all(
        Array.from({ length: 30 }, (_, i) => limiters[i % CONTAINERS]!.decide(request('a'))),
      );
      passed += verdicts.filter(({ allowed }) => allowed).length;
      denied += verdicts.filter(({ allowed }) => !allowed).length;
    }
    expect(passed).toBe(40);
    expect(denied).toBe(80);
    expect(counted('client')).toBe(40);
    expect(counted('address')).toBeGreaterThanOrEqual(40);
    expect(counted('address')).toBeLessThanOrEqual(40 + denied);
  });
});
