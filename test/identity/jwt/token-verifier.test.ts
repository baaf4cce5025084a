import { createHmac } from 'node:crypto';
import fc from 'fast-check';
import type { JwtSource } from '../../../lambda/policy/policy.ts';
import { keySet, part, signingKey, signToken } from '../../support/tokens.ts';
import { createIssuer, ISSUER, SOURCE } from './issuer.ts';

const client = { kind: 'client', client: 'jwt:user-7', tier: 'gold' };

test.each(['RS256', 'ES256', 'EdDSA'] as const)('a token signed with %s proves its subject and tier', async (alg) => {
  const issuer = createIssuer();
  const key = signingKey('other', alg);
  issuer.sets.set(SOURCE.jwksUri, keySet(issuer.key, key));
  expect(await issuer.verify(issuer.token({}, {}, key))).toEqual(client);
  expect(issuer.refusals).toEqual([]);
});

describe('a token that proves nothing', () => {
  const issuer = createIssuer();
  const seconds = issuer.now / 1000;
  const attacker = signingKey('k1');
  const right = issuer.token();
  const [header, payload, signature] = right.split('.') as [string, string, string];
  const hmac = (input: string, secret: string) => createHmac('sha256', secret).update(input).digest('base64url');
  const symmetric = (secret: string) => {
    const input = `${part({ alg: 'HS256', kid: 'k1' })}.${payload}`;
    return `${input}.${hmac(input, secret)}`;
  };

  test.each([
    ['expired', issuer.token({ exp: seconds - 31 }), 'expired'],
    ['that never expires', issuer.token({ exp: undefined }), 'no-expiry'],
    ['whose expiry is a text', issuer.token({ exp: `${seconds + 600}` }), 'malformed'],
    ['of the future', issuer.token({ nbf: seconds + 31 }), 'not-yet'],
    ['for somebody else', issuer.token({ aud: 'admin' }), 'audience'],
    ['for nobody', issuer.token({ aud: undefined }), 'audience'],
    ['for an audience that is an object', issuer.token({ aud: { api: true } }), 'malformed'],
    ['of another issuer', issuer.token({ iss: `${ISSUER}/` }), 'issuer'],
    ['of no issuer', issuer.token({ iss: undefined }), 'issuer'],
    ['of nobody', issuer.token({ sub: undefined }), 'client-claim'],
    ['of an empty subject', issuer.token({ sub: '' }), 'client-claim'],
    ['of a subject that is a list', issuer.token({ sub: ['user-7'] }), 'malformed'],
    ['of a subject beyond measure', issuer.token({ sub: 'u'.repeat(1025) }), 'client-claim'],
    ['without signature (alg none)', `${part({ alg: 'none', kid: 'k1' })}.${payload}.`, 'malformed'],
    ['with alg none and some signature', `${part({ alg: 'none', kid: 'k1' })}.${payload}.${signature}`, 'algorithm'],
    ['with alg NONE', issuer.token({}, { alg: 'NONE' }), 'algorithm'],
    ['without alg', issuer.token({}, { alg: undefined }), 'algorithm'],
    ['with alg that is no text', issuer.token({}, { alg: ['ES256'] }), 'malformed'],
    [
      'HS256 with the public key as secret (PEM)',
      symmetric(issuer.key.publicKey.export({ format: 'pem', type: 'spki' }).toString()),
      'algorithm',
    ],
    ['HS256 with the published key as secret', symmetric(JSON.stringify(keySet(issuer.key).keys[0])), 'algorithm'],
    ['that claims another algorithm than its key', issuer.token({}, { alg: 'RS256' }), 'signature'],
    ['with extensions that must be understood', issuer.token({}, { crit: ['b64'], b64: false }), 'malformed'],
    ['signed by somebody else', issuer.token({}, {}, attacker), 'signature'],
    [
      'that brings its own key',
      issuer.token({}, { jwk: keySet(attacker).keys[0], jku: 'https://evil.example' }, attacker),
      'signature',
    ],
    ['whose payload was exchanged', `${header}.${part(issuer.claims({ sub: 'victim' }))}.${signature}`, 'signature'],
    ['whose signature is cut', right.slice(0, -8), 'signature'],
    ['without key id', issuer.token({}, { kid: undefined }), 'key-id'],
    ['with a key id that is a number', issuer.token({}, { kid: 1 }), 'malformed'],
    ['with a key id beyond measure', issuer.token({}, { kid: 'k'.repeat(257) }), 'key-id'],
    ['in four parts', `${right}.x`, 'malformed'],
    ['that is encrypted', `${right}.x.y`, 'malformed'],
    ['that is no JSON', `${Buffer.from('{').toString('base64url')}.${payload}.${signature}`, 'malformed'],
    ['that is a list', `${part([])}.${payload}.${signature}`, 'malformed'],
    ['beyond measure', `${header}.${part(issuer.claims({ more: 'x'.repeat(8192) }))}.${signature}`, 'malformed'],
    ['of a megabyte', `${'a'.repeat(1_000_000)}.${payload}.${signature}`, 'malformed'],
    ['that is empty', '', 'malformed'],
  ])('%s', async (_, token, reason) => {
    issuer.refusals.length = 0;
    expect(await issuer.verify(token)).toEqual({ kind: 'none' });
    expect(issuer.refusals).toEqual([reason]);
    // The issuer was never asked more than once for all of these.
    expect(issuer.fetches.length).toBeLessThanOrEqual(1);
  });

  test.each([
    '../../../../etc/passwd',
    '__proto__',
    'constructor',
    "k1' OR '1'='1",
    'https://evil.example/k1',
    'k1\0',
    'K1',
  ])('with the key id %j', async (kid) => {
    issuer.refusals.length = 0;
    expect(await issuer.verify(issuer.token({}, { kid }))).toEqual({ kind: 'none' });
    expect(issuer.refusals).toEqual(['unknown-key']);
  });
});

describe('times', () => {
  test('clocks may be 30 seconds apart', async () => {
    const issuer = createIssuer();
    const seconds = issuer.now / 1000;
    expect(await issuer.verify(issuer.token({ exp: seconds - 29 }))).toEqual(client);
    expect(await issuer.verify(issuer.token({ nbf: seconds + 30 }))).toEqual(client);
  });

  test('a token that was right is not when it has expired', async () => {
    const issuer = createIssuer();
    const token = issuer.token();
    expect(await issuer.verify(token)).toEqual(client);
    issuer.now += 629_999;
    expect(await issuer.verify(token)).toEqual(client);
    issuer.now += 1;
    expect(await issuer.verify(token)).toEqual({ kind: 'none' });
    expect(issuer.refusals).toEqual(['expired']);
  });
});

describe('the key set', () => {
  const withSets = async (set: unknown, token?: (issuer: ReturnType<typeof createIssuer>) => string) => {
    const issuer = createIssuer();
    issuer.sets.set(SOURCE.jwksUri, set);
    return issuer.verify(token?.(issuer) ?? issuer.token());
  };

  test.each([
    ['a secret among public keys', { keys: [{ kty: 'oct', k: 'c2VjcmV0', kid: 'k1', alg: 'HS256' }] }],
    ['a key for encryption', { keys: [{ ...keySet(signingKey('k1')).keys[0], use: 'enc' }] }],
    ['no key', { keys: [] }],
    ['no keys', {}],
    ['nothing', null],
    ['a text', 'keys'],
    ['garbage', { keys: [null, 1, 'k1', { kid: 'k1' }, { kty: 'RSA', kid: 'k1' }] }],
  ])('%s is none: the caller cannot be checked, and is not refused', async (_, set) => {
    expect(await withSets(set)).toEqual({ kind: 'unavailable' });
  });

  test('one bad key does not spoil the others', async () => {
    const issuer = createIssuer();
    issuer.sets.set(SOURCE.jwksUri, { keys: [{ kty: 'RSA', kid: 'bad', alg: 7 }, null, ...keySet(issuer.key).keys] });
    expect(await issuer.verify(issuer.token())).toEqual(client);
  });

  test('a key that is no longer published ends its tokens, those that were right before too', async () => {
    const issuer = createIssuer();
    const next = signingKey('k2');
    const token = issuer.token({ exp: issuer.now / 1000 + 7200 });
    expect(await issuer.verify(token)).toEqual(client);
    issuer.sets.set(SOURCE.jwksUri, keySet(next));
    issuer.now += 600_000;
    expect(await issuer.verify(token)).toEqual(client);
    await new Promise(setImmediate);
    expect(await issuer.verify(token)).toEqual({ kind: 'none' });
    expect(issuer.refusals).toEqual(['unknown-key']);
    expect(await issuer.verify(issuer.token({}, {}, next))).toEqual(client);
  });

  test('a key that was exchanged under its id is the new one', async () => {
    const issuer = createIssuer();
    const next = signingKey('k1');
    const [old, fresh] = [issuer.token({ exp: issuer.now / 1000 + 7200 }), (by = next) => issuer.token({}, {}, by)];
    expect(await issuer.verify(old)).toEqual(client);
    issuer.sets.set(SOURCE.jwksUri, keySet(next));
    issuer.now += 600_000;
    await issuer.verify(old);
    await new Promise(setImmediate);
    expect(await issuer.verify(old)).toEqual({ kind: 'none' });
    expect(await issuer.verify(fresh())).toEqual(client);
  });
});

describe('two issuers', () => {
  const partner: JwtSource = {
    ...SOURCE,
    name: 'partner',
    issuer: 'https://partner.example',
    jwksUri: 'https://partner.example/keys',
  };

  test('with equal subjects are two clients, and one cannot sign for the other', async () => {
    const issuer = createIssuer([SOURCE, partner]);
    const key = signingKey('k1');
    issuer.sets.set(partner.jwksUri, keySet(key));
    const token = signToken(key, issuer.claims({ iss: partner.issuer }));
    expect(await issuer.verify(token, partner)).toEqual({ ...client, client: 'jwt.partner:user-7' });
    expect(await issuer.verify(issuer.token())).toEqual(client);
    expect(await issuer.verify(signToken(key, issuer.claims()))).toEqual({ kind: 'none' });
  });

  test('the other one is not asked for keys of a token that is not its own, nor answered for while it is down', async () => {
    const issuer = createIssuer([SOURCE, partner]);
    issuer.down = true;
    expect(await issuer.verify(signToken(signingKey('x'), issuer.claims({ iss: partner.issuer })), SOURCE)).toEqual({
      kind: 'none',
    });
    expect(issuer.fetches).toEqual([]);
  });

  test('what one source has accepted another of the same issuer still checks', async () => {
    const strict: JwtSource = { ...SOURCE, name: 'strict', audience: ['admin'] };
    const issuer = createIssuer([SOURCE, strict]);
    const token = issuer.token();
    expect(await issuer.verify(token, SOURCE)).toEqual(client);
    expect(await issuer.verify(token, strict)).toEqual({ kind: 'none' });
    expect(issuer.fetches).toHaveLength(1);
  });
});

describe('claims', () => {
  test.each([
    ['one of several audiences', { aud: ['other', 'mobile'] }, client],
    ['a tier that is no text is none', { plan: ['gold'] }, { kind: 'client', client: 'jwt:user-7' }],
    ['no tier', { plan: undefined }, { kind: 'client', client: 'jwt:user-7' }],
    ['other characters are written out', { sub: 'auth0|7' }, { ...client, client: 'jwt:auth0=7C7' }],
    [
      'a subject cannot pass for another one that was written out',
      { sub: 'auth0=7C7' },
      { ...client, client: 'jwt:auth0=3D7C7' },
    ],
    ['nor for a client of the registry', { sub: 'acme' }, { ...client, client: 'jwt:acme' }],
  ])('%s', async (_, claims, expected) => {
    const issuer = createIssuer();
    expect(await issuer.verify(issuer.token(claims))).toEqual(expected);
  });

  test('the audience of an access token of Cognito is its client_id', async () => {
    const cognito: JwtSource = { ...SOURCE, audienceClaim: 'client_id' };
    const issuer = createIssuer([cognito]);
    expect(await issuer.verify(issuer.token({ aud: undefined, client_id: 'api' }))).toEqual(client);
    expect(await issuer.verify(issuer.token({ aud: 'api' }))).toEqual({ kind: 'none' });
  });

  test('what every object has is no claim', async () => {
    const odd: JwtSource = { ...SOURCE, client: 'constructor', tier: '__proto__' };
    const issuer = createIssuer([odd]);
    expect(await issuer.verify(issuer.token())).toEqual({ kind: 'none' });
    expect(issuer.refusals).toEqual(['client-claim']);
  });

  test('a number is an id', async () => {
    const numbered = createIssuer([{ ...SOURCE, client: 'uid' }]);
    expect(await numbered.verify(numbered.token({ uid: 42 }))).toMatchObject({ client: 'jwt:42' });
    expect(await numbered.verify(numbered.token({ uid: 4.2 }))).toEqual({ kind: 'none' });
  });

  test('only the algorithms of the policy are taken', async () => {
    const issuer = createIssuer([{ ...SOURCE, algorithms: ['RS256'] }]);
    expect(await issuer.verify(issuer.token())).toEqual({ kind: 'none' });
    expect(issuer.refusals).toEqual(['algorithm']);
  });
});

describe('whatever a caller writes', () => {
  test('a change of one character of header or claims ends a token', async () => {
    const issuer = createIssuer();
    const token = issuer.token();
    const signed = token.lastIndexOf('.');
    const character = fc.constantFrom(...'ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789-_.= ');
    await fc.assert(
      fc.asyncProperty(fc.nat({ max: signed - 1 }), character, async (at, other) => {
        fc.pre(token[at] !== other);
        const changed = token.slice(0, at) + other + token.slice(at + 1);
        expect(await issuer.verify(changed)).toEqual({ kind: 'none' });
      }),
      { numRuns: 300 },
    );
    expect(await issuer.verify(token)).toEqual(client);
  });

  test('no text, header or payload makes it throw or prove somebody', async () => {
    const issuer = createIssuer();
    const odd = fc.oneof(
      fc.string({ unit: 'binary', maxLength: 300 }),
      fc.tuple(fc.json(), fc.json(), fc.base64String()).map(([a, b, c]) => `${part(a)}.${part(b)}.${c}`),
      fc
        .tuple(fc.dictionary(fc.constantFrom('alg', 'kid', 'crit', 'typ', '__proto__'), fc.jsonValue()), fc.jsonValue())
        .map(
          ([header, more]) => `${part({ alg: 'ES256', kid: 'k1', ...header })}.${part(issuer.claims({ more }))}.AAAA`,
        ),
    );
    await fc.assert(
      fc.asyncProperty(odd, async (token) => expect(await issuer.verify(token)).toEqual({ kind: 'none' })),
      { numRuns: 500 },
    );
    expect(issuer.fetches.length).toBeLessThanOrEqual(1);
    expect(issuer.refusals.length).toBe(500);
  });
});
