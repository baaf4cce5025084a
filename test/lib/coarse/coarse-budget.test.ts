import { compilePolicy } from '../../../lambda/policy/parse.ts';
import { stageThrottle, tierThrottle } from '../../../lib/coarse/coarse-budget.ts';

const policy = (limits: string) => compilePolicy(`tiers: [free, gold]\nlimits:\n${limits}`, 'headgate.yaml');

describe("a tier's throttle", () => {
  test.each([
    ['sliding-window', '{ per: client, rate: 90/minute }', { rateLimit: 2, burstLimit: 90 }],
    [
      'sliding-window-counter',
      '{ per: client, rate: 60/minute, algorithm: sliding-window-counter }',
      { rateLimit: 1, burstLimit: 120 },
    ],
    [
      'leaky-bucket',
      '{ per: client, rate: 10/second, algorithm: leaky-bucket, queue: 5 }',
      { rateLimit: 10, burstLimit: 6 },
    ],
    ['fixed-window', '{ per: client, rate: 60/minute, algorithm: fixed-window }', { rateLimit: 1, burstLimit: 120 }],
    [
      'token-bucket',
      '{ per: client, rate: 600/minute, algorithm: token-bucket, burst: 50 }',
      { rateLimit: 10, burstLimit: 50 },
    ],
    ['less than one a second', '{ per: client, rate: 10/day }', { rateLimit: 1, burstLimit: 10 }],
  ])('%s: what the budget lets through at most', (_name, limit, expected) => {
    expect(tierThrottle(policy(`  a: ${limit}`), 'free')).toEqual(expected);
  });

  test('follows the tier', () => {
    const compiled = policy('  a: { per: client, rate: { free: 60/minute, gold: 6000/minute } }');
    expect(tierThrottle(compiled, 'free')).toEqual({ rateLimit: 1, burstLimit: 60 });
    expect(tierThrottle(compiled, 'gold')).toEqual({ rateLimit: 100, burstLimit: 6000 });
  });

  test('is that of the fastest limit', () => {
    const compiled = policy('  a: { per: client, rate: 60/minute }\n  b: { per: client, rate: 5/second }');
    expect(tierThrottle(compiled, 'free')).toEqual({ rateLimit: 5, burstLimit: 60 });
  });

  test.each([
    ['of some routes', '{ per: client, routes: [POST /exports], rate: 10/day }'],
    ['in shadow', '{ per: client, rate: 10/day, mode: shadow }'],
    ['of addresses', '{ per: address, rate: 10/day }'],
  ])('does not come from a limit %s', (_name, limit) => {
    expect(tierThrottle(policy(`  a: ${limit}`), 'free')).toBeUndefined();
  });
});

describe("the stage's throttle", () => {
  test('comes from per: all', () => {
    const compiled = policy('  a: { per: all, rate: 300/second }\n  b: { per: client, rate: 500/second }');
    expect(stageThrottle(compiled)).toEqual({ rateLimit: 300, burstLimit: 300 });
  });

  test('is undefined without one', () => {
    expect(stageThrottle(policy('  a: { per: client, rate: 500/second }'))).toBeUndefined();
  });
});
