import { readFileSync } from 'node:fs';
import path from 'node:path';
import { parse } from 'yaml';
import { POLICY_TEMPLATE } from '../../bin/cli/policy-template.ts';
import { isClientReference } from '../../lambda/identity/client-id.ts';
import { ALGORITHMS, CLIENT_PATTERN, policyJsonSchema, policySchema } from '../../lambda/policy/schema.ts';

const file = path.join(__dirname, '..', '..', 'schema', 'headgate.schema.json');

test('the schema in the package is what the parser checks with (node scripts/schema.ts writes it)', () => {
  expect(JSON.parse(readFileSync(file, 'utf8'))).toEqual(JSON.parse(JSON.stringify(policyJsonSchema())));
});

/** Every schema node with its path. */
function* nodes(node: unknown, at = ''): Generator<readonly [string, Record<string, unknown>]> {
  if (typeof node !== 'object' || node === null) return;
  yield [at, node as Record<string, unknown>];
  for (const [key, inner] of Object.entries(node)) yield* nodes(inner, `${at}/${key}`);
}

test('editors get a description of every key, and refuse unknown ones', () => {
  for (const [at, node] of nodes(policyJsonSchema())) {
    if (node.type === 'object' && 'properties' in node) {
      expect([at, node.additionalProperties]).toEqual([at, false]);
      for (const [key, property] of Object.entries(node.properties as Record<string, Record<string, unknown>>)) {
        expect([`${at}/${key}`, typeof property.description]).toEqual([`${at}/${key}`, 'string']);
      }
    }
  }
  expect(JSON.stringify(policyJsonSchema())).toContain(JSON.stringify(ALGORITHMS));
});

test('the template of `headgate init` has the shape', () => {
  expect(policySchema.safeParse(parse(POLICY_TEMPLATE)).success).toBe(true);
});

test('a client is written as the registry writes it', () => {
  const texts = [
    'acme',
    'a',
    'Team_7@x.y+z=1',
    '-a',
    'a b',
    '',
    'apigw:k1',
    'apigw:',
    'apigw:a b',
    'other:a',
    'x'.repeat(64),
    'x'.repeat(65),
  ];
  expect(texts.map((text) => CLIENT_PATTERN.test(text))).toEqual(texts.map(isClientReference));
});
