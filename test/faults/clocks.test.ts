import { GetItemCommand } from '@aws-sdk/client-dynamodb';
import type { Verdict } from '../../lambda/limiter/verdict.ts';
import { observeDates } from '../../lambda/store/observe-dates.ts';
import { StoreClock } from '../../lambda/store/store-clock.ts';
import { asked, charge, fixedWindow, slidingWindow, tokenBucket } from '../limiter/budgets.ts';
import { STALL } from '../support/fault-proxy/fault.ts';
import { type Container, useFaultProxy } from '../support/fault-proxy/use-fault-proxy.ts';
import { clockRun } from './clock-runs.ts';

const BUDGETS = {
  'sliding window': slidingWindow(60, 60_000),
  'fixed window': fixedWindow(60, 60_000),
  'token bucket': tokenBucket(60, 60_000, 20, 5000),
};
const MINUTE = 60_000;
const CLOCKS: readonly [name: string, error: (sinceStart: number) => number][] = [
  ['2 s fast', () => 2000],
  ['2 s slow', () => -2000],
  ['60 s fast', () => MINUTE],
  ['60 s slow', () => -MINUTE],
  ['going back by 30 s after ten minutes', (t) => (t < 10 * MINUTE ? 0 : -30_000)],
  ['going back by 2 s each minute', (t) => -2000 * Math.floor(t / MINUTE)],
  ['losing a second a minute', (t) => -t / 60],
];

/** Under-admission with one bad clock of eight, by how much less passes in twenty minutes of twice the limit. */
describe.each(Object.entries(BUDGETS))('%s, one of eight clocks is', (_budget, budget) => {
  let rightRun: ReturnType<typeof clockRun> | undefined;
  test.each(CLOCKS)('%s: nothing over, nearly nothing under, nearly no further write', async (name, error) => {
    rightRun ??= clockRun(budget, () => 0);
    const right = await rightRun;
    const wrong = await clockRun(budget, error);
    const under = 1 - wrong.allowed / right.allowed;
    const more = wrong.writes / right.writes - 1;
    if (process.env.HEADGATE_PRINT) {
      process.stderr.write(
        `${budget.algorithm} ${name}: under ${(100 * under).toFixed(2)} %, writes ${(100 * more).toFixed(1)} %\n`,
      );
    }
    expect(wrong.excess).toBeLessThanOrEqual(0);
    if (budget.algorithm === 'sliding-window') expect(wrong.mostInAWindow).toBeLessThanOrEqual(budget.limit);
    expect(wrong.failures).toBe(0);
    expect(under).toBeLessThan(0.02);
    expect(more).toBeLessThan(0.1);
  });
});

describe('clocks, corrected by the engine’s answers', () => {
  const world = useFaultProxy();
  const budget = slidingWindow(5, 60_000);
  let made = 0;
  let subject = '';
  const request = () => [asked(subject, charge(budget, { onStoreFailure: 'deny' }))];
  beforeEach(() => {
    subject = `client:clock-${made++}`;
    world.now = 1.8e12 + 1234;
    world.proxy.date = () => world.now;
  });

  /** A container whose own clock is off, after its INIT, which reads the registry. */
  const container = async (off: () => number): Promise<Container & { clock: StoreClock }> => {
    const own = () => world.now + off();
    const clock = new StoreClock(own);
    const container = world.container({ clock: () => clock.now() });
    observeDates(container.client, clock, own);
    await container.client.send(new GetItemCommand({ TableName: world.tableName, Key: { pk: { S: 'init' } } }));
    return { ...container, clock };
  };

  test.each([2000, -2000, 60_000, -60_000])(
    'off by %i ms: agrees with the others before its first write',
    async (off) => {
      const [bad, good] = [await container(() => off), await container(() => 0)];
      expect(Math.abs(bad.clock.correctionMs + off)).toBeLessThanOrEqual(1000);
      const verdicts: Verdict[] = [];
      for (let i = 0; i < 8; i++) {
        verdicts.push(await bad.limiter.decide(request()), await good.limiter.decide(request()));
        world.now += 100;
      }
      expect(verdicts.filter(({ failure }) => failure)).toEqual([]);
      expect(verdicts.filter(({ allowed }) => allowed)).toHaveLength(5);
    },
  );

  test('goes back by 30 s between two requests: one answer, and it is right again', async () => {
    let off = 0;
    const [bad, good] = [await container(() => off), await container(() => 0)];
    await bad.limiter.decide(request());
    world.now += 12_000;
    await good.limiter.decide(request());
    off = -30_000;
    expect(await bad.limiter.decide(request())).toMatchObject({ allowed: true });
    expect(Math.abs(bad.clock.correctionMs - 30_000)).toBeLessThanOrEqual(1000);
    const verdicts: Verdict[] = [];
    for (let i = 0; i < 4; i++)
      verdicts.push(await good.limiter.decide(request()), await bad.limiter.decide(request()));
    expect(verdicts.filter(({ allowed }) => allowed)).toHaveLength(2);
  });

  test('frozen for a minute in the middle of a decision: the deadline’s answer, then as before', async () => {
    const frozen = await container(() => 0);
    const other = await container(() => 0);
    await frozen.limiter.decide(request());
    world.proxy.script(STALL);
    const decision = frozen.limiter.decide(request());
    await world.proxy.stalled();
    for (let i = 0; i < 3; i++) expect((await other.limiter.decide(request())).allowed).toBe(true);
    world.now += 60_000;
    await frozen.timers.pass(60_000);
    expect(await decision).toMatchObject({ allowed: false, failure: 'deadline', writes: 1 });
    expect(frozen.clock.correctionMs).toBe(0);

    const { limits, failure } = await frozen.limiter.decide(request());
    expect(failure).toBeUndefined();
    // Those of a minute ago are still counted, and this one: the oldest epoch counts in full.
    expect(limits[0]).toMatchObject({ allowed: true, remaining: 0 });
  });

  test('a write that arrives a minute late, in an epoch that others have left, changes nothing in it', async () => {
    const frozen = await container(() => 0);
    const other = await container(() => 0);
    await other.limiter.decide(request());
    world.proxy.script(STALL);
    const decision = frozen.limiter.decide(request());
    await world.proxy.stalled();
    world.now += 60_000;
    await other.limiter.decide(request());
    const before = await world.item(subject);
    // Thawed, and the answer is waited for after all: the late write fails, the next try is of the present.
    world.proxy.release();
    expect(await decision).toMatchObject({ allowed: true, writes: 2 });
    const after = await world.item(subject);
    const counts = (item: typeof before) => Object.entries(item!).filter(([name]) => name.startsWith('saw.'));
    expect(counts(after).length).toBe(counts(before).length);
    expect(after!['saw+']! - before!['saw+']!).toBe(1);
    expect(frozen.clock.correctionMs).toBe(0);
  });

  test('without an answer at INIT a clock 60 s fast writes ahead once; the others fail as their limits say, none passes by', async () => {
    const own = () => world.now + 60_000;
    const clock = new StoreClock(own);
    const bad = world.container({ clock: () => clock.now() });
    observeDates(bad.client, clock, own);
    const good = await container(() => 0);
    expect(await bad.limiter.decide(request())).toMatchObject({ allowed: true });
    expect(await good.limiter.decide(request())).toMatchObject({ allowed: false, failure: 'clock' });
    expect(await bad.limiter.decide(request())).toMatchObject({ allowed: false, failure: 'clock' });
    // Until the world has come within ten seconds of it.
    world.now += 51_000;
    expect((await good.limiter.decide(request())).failure).toBeUndefined();
  });
});
