import { readFileSync } from 'node:fs';
import path from 'node:path';
import { parsePolicy } from '../../lambda/policy/parse.ts';
import { CLIENT_PATTERN } from '../../lambda/policy/schema.ts';

const root = path.join(__dirname, '..', '..');
const read = (file: string) => readFileSync(path.join(root, file), 'utf8');
const guide = read('docs/guide/identity.md');
const reference = read('docs/reference/policy.md');
const LIMITS = 'limits:\n  a: { per: client, rate: 1/day }\n';
const TIERS = 'tiers: [free, gold]\n';

const examples = [...`${guide}\n${reference}`.matchAll(/```yaml\n(identify:\n[^`]*)```/g)].map(([, yaml]) => yaml!);

test('the examples are policies without problems', () => {
  expect(examples.length).toBeGreaterThanOrEqual(4);
  for (const yaml of examples) {
    const whole = `${yaml}${yaml.includes('tiers:') ? '' : TIERS}${yaml.includes('limits:') ? '' : LIMITS}`;
    expect([yaml, parsePolicy(whole).problems]).toEqual([yaml, []]);
  }
});

test('clients are called as they can be blocked and exempt', () => {
  const named = [...guide.matchAll(/`(?:client:)?((?:jwt|iam|authorizer|header)[.:][^`\s]*)`/g)].map(
    ([, name]) => name!,
  );
  const whole = named.filter((name) => /^[a-z.]+:[^:]+$/.test(name) && !name.endsWith(':'));
  expect(whole.length).toBeGreaterThan(8);
  expect(whole.filter((name) => !CLIENT_PATTERN.test(name))).toEqual([]);
});

test('every reason why a token proves nothing is explained', () => {
  const reasons = /export type TokenRefusal =([^;]*);/.exec(read('lambda/identity/jwt/check-claims.ts'))![1]!;
  const names = [...reasons.matchAll(/'([a-z-]+)'/g)].map(([, name]) => name!);
  expect(names.length).toBeGreaterThan(8);
  const section = guide.slice(guide.indexOf('### Why a token'));
  expect(names.filter((name) => !section.includes(`\`${name}\``))).toEqual([]);
});
