import { hashKey } from '../../lambda/identity/api-key.ts';
import { credentialsOf, identify } from '../../lambda/identity/caller.ts';
import type { ClientLookup } from '../../lambda/identity/client-cache.ts';
import { isClientId, isClientReference } from '../../lambda/identity/client-id.ts';

const keys = { acme: 'a'.repeat(24), bob: 'b'.repeat(24), nobody: 'n'.repeat(24), lost: 'l'.repeat(24) };
const answers = new Map<string, ClientLookup>([
  [hashKey(keys.acme), { kind: 'known', record: { client: 'acme', tier: 'gold' } }],
  [hashKey(keys.bob), { kind: 'known', record: { client: 'bob', tier: 'free' } }],
  [hashKey(keys.nobody), { kind: 'unknown' }],
  [hashKey(keys.lost), { kind: 'unavailable' }],
]);
const clients = { lookUp: async (sha256: string) => answers.get(sha256)! };
const who = (headers: Record<string, string>, gatewayKeyId?: unknown) =>
  identify(
    credentialsOf(
      [
        { kind: 'apiKey', header: 'x-api-key' },
        { kind: 'apiKey', header: 'x-partner-key' },
      ],
      { headers },
      gatewayKeyId,
    ),
    clients,
  );

describe('identify', () => {
  test.each([
    ['a key of a client', { 'x-api-key': keys.acme }, { kind: 'client', client: 'acme', tier: 'gold' }],
    ['the first key that proves something', { 'x-api-key': keys.nobody, 'x-partner-key': keys.bob }, { client: 'bob' }],
    ['the policy order wins', { 'x-partner-key': keys.bob, 'x-api-key': keys.acme }, { client: 'acme' }],
    ['no key', {}, { kind: 'none' }],
    ['a key of nobody', { 'x-api-key': keys.nobody }, { kind: 'none' }],
    ['a key that cannot be looked up', { 'x-api-key': keys.lost }, { kind: 'unavailable' }],
    ['one that cannot, one that can', { 'x-api-key': keys.lost, 'x-partner-key': keys.bob }, { client: 'bob' }],
    [
      'one that cannot, one of nobody',
      { 'x-api-key': keys.lost, 'x-partner-key': keys.nobody },
      { kind: 'unavailable' },
    ],
  ])('%s', async (_, headers, expected) => {
    expect(await who(headers as Record<string, string>)).toMatchObject(expected);
  });

  test("API Gateway's own key is a client that no id of the registry can be", async () => {
    expect(await who({}, 'abc123')).toEqual({ kind: 'client', client: 'apigw:abc123' });
    expect(await who({ 'x-api-key': keys.acme }, 'abc123')).toMatchObject({ client: 'acme' });
    expect(isClientId('apigw:abc123')).toBe(false);
    expect(isClientReference('apigw:abc123')).toBe(true);
  });
  test.each([null, '', 'a b', 'x'.repeat(65), 5, 'a:b'])('%p is no key id', async (id) => {
    expect(await who({}, id)).toEqual({ kind: 'none' });
  });
});
