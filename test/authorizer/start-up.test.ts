import { MissingEnvironmentError } from '../../lambda/authorizer/authorizer-error.ts';
import { readEnvironment } from '../../lambda/authorizer/read-environment.ts';
import { loadPolicy, PolicyFileError, policyFromJson } from '../../lambda/policy/load-policy.ts';
import { policyOf } from './world.ts';

describe('the policy beside the function', () => {
  const policy = policyOf('limits:\n  all:\n    per: all\n    rate: 5/minute\n');
  test('is taken as it was compiled', () => {
    expect(policyFromJson(JSON.stringify(policy))).toEqual(policy);
  });
  test.each([
    ['not JSON', 'format: 1', 'is not JSON'],
    ['another format', JSON.stringify({ ...policy, format: 2 }), 'has format 2, this version knows 1'],
    ['nothing', 'null', 'has format undefined'],
    ['half a policy', JSON.stringify({ format: 1, limits: [] }), 'is incomplete'],
    ['no tier', JSON.stringify({ ...policy, tiers: [] }), 'is incomplete'],
  ])('%s is refused', (_, text, message) => {
    expect(() => policyFromJson(text)).toThrow(PolicyFileError);
    expect(() => policyFromJson(text)).toThrow(message);
  });
  test('a file that is not there is refused', () => {
    expect(() => loadPolicy('/nowhere/policy.json')).toThrow('HG331: policy.json cannot be read');
  });
});

describe('the environment', () => {
  const environment = {
    HEADGATE_COUNTERS_TABLE: 'counters',
    HEADGATE_REGISTRY_TABLE: 'registry',
    HEADGATE_GATE: 'shop',
  };
  test('is read', () => {
    const settings = readEnvironment({ ...environment, HEADGATE_SOFT_DENY_APIS: 'a1, b2,' });
    expect(settings).toEqual({
      countersTable: 'counters',
      registryTable: 'registry',
      gate: 'shop',
      softDenyApis: new Set(['a1', 'b2']),
      passKeys: false,
      passKeyApis: new Set(),
    });
    expect(readEnvironment({ ...environment, HEADGATE_PASS_KEYS: 'true' }).passKeys).toBe(true);
    expect(readEnvironment({ ...environment, HEADGATE_PASS_KEY_APIS: 'a1,b2' }).passKeyApis).toEqual(
      new Set(['a1', 'b2']),
    );
    expect(readEnvironment(environment).softDenyApis.size).toBe(0);
  });
  test.each([
    ['250', 250],
    [undefined, undefined],
    ['0', undefined],
    ['soon', undefined],
  ])('a deadline of %s is %s', (text, ms) => {
    const settings = readEnvironment({ ...environment, HEADGATE_DEADLINE_MS: text, HEADGATE_FIRST_DEADLINE_MS: text });
    expect([settings.deadlineMs, settings.firstDeadlineMs]).toEqual([ms, ms]);
  });
  test.each(Object.keys(environment))('%s is needed', (name) => {
    expect(() => readEnvironment({ ...environment, [name]: undefined })).toThrow(MissingEnvironmentError);
    expect(() => readEnvironment({ ...environment, [name]: '' })).toThrow(name);
  });
});
