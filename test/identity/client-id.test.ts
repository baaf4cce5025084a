import fc from 'fast-check';
import { isClientId, isClientReference, issuedClient } from '../../lambda/identity/client-id.ts';

const jwt = { kind: 'jwt' } as const;

test.each([
  ['7f3a', 'jwt:7f3a'],
  ['user@example.com', 'jwt:user@example.com'],
  ['auth0|7', 'jwt:auth0=7C7'],
  ['a=7C7', 'jwt:a=3D7C7'],
  ['a:b/c', 'jwt:a=3Ab=2Fc'],
  ['Zoë', 'jwt:Zo=C3=AB'],
  ['😀', 'jwt:=F0=9F=98=80'],
  ['line\r\nfeed', 'jwt:line=0D=0Afeed'],
  [42, 'jwt:42'],
])('%j is %s', (id, client) => {
  expect(issuedClient(jwt, id)).toBe(client);
  expect(isClientReference(client)).toBe(true);
});

test.each([undefined, null, '', 4.2, Number.NaN, 2 ** 60, true, [], {}, '\ud800', 'x'.repeat(1025)])(
  '%p names nobody',
  (id) => {
    expect(issuedClient(jwt, id)).toBeUndefined();
  },
);

test('what is long is its hash, which no short id can be', () => {
  const long = issuedClient(jwt, 'x'.repeat(65))!;
  expect(long).toMatch(/^jwt:#[A-Za-z0-9_-]{43}$/);
  expect(isClientReference(long)).toBe(true);
  expect(issuedClient(jwt, long.slice(4))).not.toBe(long);
});

test('different ids of different issuers are different clients, none of them one of the registry', () => {
  const text = fc.string({ unit: 'binary', minLength: 1, maxLength: 80 }).filter((one) => !/\p{Cs}/u.test(one));
  const name = fc.option(fc.stringMatching(/^[a-z0-9][a-z0-9-]{0,15}$/), { nil: undefined });
  const kind = fc.constantFrom('jwt', 'iam', 'authorizer', 'header');
  const one = fc.record({ kind, name, text });
  fc.assert(
    fc.property(one, one, (a, b) => {
      const [x, y] = [a, b].map(
        ({ text, kind, name }) => issuedClient({ kind, ...(name !== undefined && { name }) }, text)!,
      );
      expect(x === y).toBe(a.kind === b.kind && a.name === b.name && a.text === b.text);
      for (const client of [x!, y!]) {
        expect(isClientReference(client)).toBe(true);
        expect(isClientId(client)).toBe(false);
        expect(client).toMatch(/^[\x21-\x7e]{1,100}$/);
      }
    }),
    { numRuns: 300 },
  );
});
