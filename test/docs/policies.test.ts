import { globSync, readFileSync } from 'node:fs';
import path from 'node:path';
import { parsePolicy } from '../../lambda/policy/parse.ts';

const root = path.join(__dirname, '..', '..');
const pages = ['README.md', ...globSync('docs/{README,guide/*,reference/*}.md', { cwd: root }).sort()];

/** Every policy of the pages, and what is left of one made whole. */
const policies = pages.flatMap((page) => {
  const text = readFileSync(path.join(root, page), 'utf8');
  const blocks = [...text.matchAll(/^( *)```yaml\n(.*?)^ *```$/gms)].map(([, indent, yaml]) => {
    return yaml!.replace(new RegExp(`^${indent}`, 'gm'), '');
  });
  return blocks
    .filter((yaml) => !/^(paths|components):/m.test(yaml))
    .map((yaml, i) => [`${page} ${i + 1}`, whole(yaml)]);
});

function whole(yaml: string): string {
  const rooted = yaml.startsWith('  ') ? `limits:\n${yaml}` : yaml;
  const limits = /^limits:/m.test(rooted) ? '' : '\nlimits:\n  a: { per: address, rate: 1/day }\n';
  const tiers = /^tiers:/m.test(rooted) ? '' : '\ntiers: [free, gold]\n';
  return rooted + limits + tiers;
}

test.each(policies)('the policy %s is right', (_, policy) => {
  expect(parsePolicy(policy!).problems).toEqual([]);
});

test('there are such policies', () => {
  expect(policies.length).toBeGreaterThan(15);
});
