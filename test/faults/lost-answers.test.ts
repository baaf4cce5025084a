import type { Verdict } from '../../lambda/limiter/verdict.ts';
import { asked, charge, fixedWindow, slidingWindow, tokenBucket } from '../limiter/budgets.ts';
import { seeded } from '../properties/random.ts';
import { LOST_ANSWER, NONE, RESET } from '../support/fault-proxy/fault.ts';
import { useFaultProxy } from '../support/fault-proxy/use-fault-proxy.ts';

/** Answers get lost at random, twice in a row too, under four containers at once. */
describe('answers that get lost', () => {
  const world = useFaultProxy();
  const token = 600_000;

  test.each([
    ['sliding window', slidingWindow(100, 60_000), (item: Record<string, number>) => sum(item, 'saw.')],
    ['fixed window', fixedWindow(100, 60_000), (item: Record<string, number>) => sum(item, 'fix.')],
    [
      'token bucket',
      tokenBucket(100, 60_000, 100, 6000),
      (item: Record<string, number>) => (item['bkt+']! - 1.8e15) / token,
    ],
  ])('%s: one unit more is counted for each, never one less', async (name, budget, counted) => {
    const random = seeded(3);
    const subject = `client:lost ${name}`;
    const limiters = Array.from({ length: 4 }, () => world.container({ breakerFailures: 1000 }).limiter);
    const request = [asked(subject, charge(budget))];
    let lost = 0;
    const verdicts: Verdict[] = [];
    for (let i = 0; i < 40; i++) {
      for (let j = 0; j < 2; j++) {
        const draw = random();
        if (draw < 0.3) lost++;
        world.proxy.script(draw < 0.3 ? LOST_ANSWER : draw < 0.4 ? RESET : NONE);
      }
      verdicts.push(...(await Promise.all([0, 1].map((k) => limiters[(i + k) % 4]!.decide(request)))));
    }
    for (let i = 0; i < 120; i++) verdicts.push(await limiters[i % 4]!.decide(request));

    const decided = verdicts.filter(({ failure }) => failure === undefined);
    const allowed = decided.filter((verdict) => verdict.allowed).length;
    expect(lost).toBeGreaterThan(10);
    expect(counted((await world.item(subject))!)).toBe(100);
    expect(allowed).toBeLessThanOrEqual(100);
    expect(allowed).toBeGreaterThanOrEqual(100 - lost);
  });
});

const sum = (item: Record<string, number>, prefix: string) =>
  Object.entries(item)
    .filter(([attribute]) => attribute.startsWith(prefix))
    .reduce((units, [, value]) => units + value, 0);
