import { policyFromYaml } from '../../lambda/policy/index.ts';
import { createLimiter } from '../../lambda/standalone/index.ts';
import { memoryStore } from '../../lambda/store/memory.ts';

const START = Date.UTC(2026, 10, 24, 12);

afterEach(() => jest.restoreAllMocks());

test('a step back of the clock that nobody saw does not make a lease longer', async () => {
  let now = START;
  let elapsed = 0;
  jest.spyOn(Date, 'now').mockImplementation(() => now);
  jest.spyOn(performance, 'now').mockImplementation(() => elapsed);
  const pass = (ms: number) => {
    now += ms;
    elapsed += ms;
  };
  const policy = policyFromYaml('limits: { all: { per: all, rate: 1000/second, algorithm: fixed-window } }');
  const limiter = createLimiter({ policy, store: memoryStore() });
  const writes = async () => (await limiter.decide({ method: 'GET', path: '/' })).writes;
  for (let i = 0; i < 50; i++) {
    await writes();
    pass(20);
  }
  expect(await writes()).toBe(1);
  expect(await writes()).toBe(0);
  // Five seconds go by, and meanwhile the clock is set back by as much.
  elapsed += 5000;
  expect(await writes()).toBe(1);
});
