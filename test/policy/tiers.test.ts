import fc from 'fast-check';
import { parsePolicy } from '../../lambda/policy/parse.ts';

const parse = (tiers: string) => parsePolicy(`${tiers}\nlimits:\n  a: { per: client, rate: 60/minute }\n`);
const problemsOf = (tiers: string) =>
  parse(tiers).problems.map(({ code, line, column, mend }) => ({ code, line, column, mend }));

describe('tiers', () => {
  test('a list names them, without plans', () => {
    const { policy, deployment } = parse('tiers: [free, gold]');
    expect(policy!.tiers).toEqual(['free', 'gold']);
    expect(deployment!.plans).toEqual({});
  });

  test('a map gives them usage plans; the first is the default', () => {
    const { policy, deployment, problems } = parse(
      'tiers:\n  gold:\n    plan: { rate: 90/minute, burst: 20, quota: 10000/month }\n  free:\n  trial: {}\n  key: { plan: { quota: 5 / day } }',
    );
    expect(problems).toEqual([]);
    expect(policy!.tiers).toEqual(['gold', 'free', 'trial', 'key']);
    expect(deployment!.plans).toEqual({
      gold: { ratePerSecond: 1.5, burst: 20, quota: { limit: 10_000, period: 'month' } },
      key: { quota: { limit: 5, period: 'day' } },
    });
  });

  test('plans do not travel in the functions', () => {
    expect(JSON.stringify(parse('tiers: { free: { plan: { rate: 10/second } } }').policy)).not.toContain('plan');
  });

  test.each([
    ['tiers:\n  free: { plan: { rate: 10 } }', 'HG109', 'write 10/minute, or another unit'],
    ['tiers:\n  free: { plan: { rate: 10/calendar-day } }', 'HG135', 'write it as the quota: `quota: 10/day`'],
    ['tiers:\n  free: { plan: { burst: 0 } }', 'HG135', 'use a whole number from 1'],
    ['tiers:\n  free: { plan: { burst: 1.5 } }', 'HG135', 'use a whole number from 1'],
    ['tiers:\n  free: { plan: { quota: 500/hour } }', 'HG135', 'write 10000/month'],
    ['tiers:\n  free: { plan: { quota: 500/calendar-week } }', 'HG135', 'write 500/week'],
    ['tiers:\n  free: { plan: {} }', 'HG135', 'add rate, burst or quota, or take `plan` away'],
    ['tiers:\n  free: { plan: 10/second }', 'HG135', 'write `{ plan: { rate: 10/second, burst: 20 } }`'],
    ['tiers:\n  free: { plans: { rate: 10/second } }', 'HG105', 'did you mean `plan`?'],
    ['tiers:\n  free: { plan: { rates: 10/second } }', 'HG105', 'did you mean `rate`?'],
    ['tiers:\n  1: {}', 'HG135', 'write `tier-1`, or list the tiers: `tiers: [1]`'],
    ['tiers:\n  Free: {}', 'HG116', 'write `free`'],
    ['tiers:\n  - free: { plan: { burst: 1 } }', 'HG135', 'write `tiers:` as a map, without `- `: `free: ...`'],
    ['tiers: free', 'HG135', 'write `tiers: [free, gold]`'],
    ['tiers: {}', 'HG106', 'name one: `tiers: [free]`'],
    ['tiers: []', 'HG106', 'name one: `tiers: [free]`'],
    [`tiers: [${Array.from({ length: 21 }, (_, i) => `t${i}`)}]`, 'HG106', 'merge some'],
  ])('%j is refused', (text, code, mend) => {
    const problems = problemsOf(text);
    expect(problems[0]).toMatchObject({ code, mend });
    expect(parse(text).policy).toBeUndefined();
  });

  test('whatever stands there, it is read or refused', () => {
    fc.assert(
      fc.property(fc.json({ maxDepth: 4 }), (tiers) => {
        const { policy, problems } = parse(`tiers: ${tiers}`);
        expect(policy !== undefined || problems.length > 0).toBe(true);
      }),
      { numRuns: 300 },
    );
  });
});
