import { Limiter } from '../../lambda/limiter/limiter.ts';
import { memoryStore } from '../../lambda/store/memory.ts';
import { asked, charge, fixedWindow } from '../limiter/budgets.ts';

const request = (i: number) => [
  asked(`address:10.${i >> 16}.${(i >> 8) & 255}.${i & 255}`, charge(fixedWindow(1, 60_000))),
];

describe('100,000 addresses in one container', () => {
  const limiter = new Limiter({ store: memoryStore(), clock: () => 1.8e12 });
  beforeAll(async () => {
    for (let i = 0; i < 100_000; i++) await limiter.decide(request(i));
  }, 60_000);

  test('the last 10,000 are remembered, no more', () => {
    // Each has used up its limit: who is remembered is denied without a write.
    const remembered = (i: number) => limiter.deniedByBelief(request(i)) !== undefined;
    const count = Array.from({ length: 100_000 }, (_, i) => remembered(i)).filter(Boolean).length;
    expect(count).toBe(10_000);
    expect([remembered(89_999), remembered(90_000), remembered(99_999)]).toEqual([false, true, true]);
  });

  test('who was forgotten is asked for again, and denied as before', async () => {
    expect(await limiter.decide(request(0))).toMatchObject({ allowed: false, writes: 1 });
  });
});
