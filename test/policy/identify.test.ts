import { JWT_ALGORITHMS } from '../../lambda/policy/identify-schema.ts';
import { parsePolicy } from '../../lambda/policy/parse.ts';
import type { IdentitySource } from '../../lambda/policy/policy.ts';

const limits = 'limits:\n  a:\n    per: client\n    rate: 1/day\n';
const parse = (identify: string, more = '') => parsePolicy(`identify:\n${identify}${more}${limits}`);
const sources = (identify: string): readonly IdentitySource[] => {
  const { policy, problems } = parse(identify);
  expect(problems).toEqual([]);
  return policy!.identify;
};
const problems = (identify: string, more?: string) =>
  parse(identify, more).problems.map(({ code, line, column, path }) => `${code} ${line}:${column} ${path}`);
const jwt = (...lines: readonly string[]) => `  - jwt:\n${lines.map((line) => `      ${line}\n`).join('')}`;
const ISSUER = 'issuer: https://login.example.com';

test('every way, in the order of the file', () => {
  const read = sources(`  - apiKey: X-Api-Key
  - jwt: { issuer: "https://login.example.com/", audience: api }
  - jwt:
      name: partner
      issuer: partner
      jwksUri: https://keys.example.com/partner?v=1
      audience: [a, b]
      audienceClaim: client_id
      client: uid
      tier: https://example.com/plan
      header: X-Token
      algorithms: [ES256]
  - iam: true
  - authorizer: { client: sub, tier: plan }
  - header: X-Tenant
    trusted: true
    name: tenant
`);
  expect(read).toEqual([
    { kind: 'apiKey', header: 'x-api-key' },
    {
      kind: 'jwt',
      issuer: 'https://login.example.com/',
      jwksUri: 'https://login.example.com/.well-known/jwks.json',
      audience: ['api'],
      audienceClaim: 'aud',
      client: 'sub',
      header: 'authorization',
      algorithms: JWT_ALGORITHMS,
    },
    {
      kind: 'jwt',
      name: 'partner',
      issuer: 'partner',
      jwksUri: 'https://keys.example.com/partner?v=1',
      audience: ['a', 'b'],
      audienceClaim: 'client_id',
      client: 'uid',
      tier: 'https://example.com/plan',
      header: 'x-token',
      algorithms: ['ES256'],
    },
    { kind: 'iam' },
    { kind: 'authorizer', client: 'sub', tier: 'plan' },
    { kind: 'header', header: 'x-tenant', name: 'tenant' },
  ]);
});

test.each([
  ['https://x.auth0.com/', 'https://x.auth0.com/.well-known/jwks.json'],
  [
    'https://cognito-idp.eu-west-1.amazonaws.com/eu-west-1_a',
    'https://cognito-idp.eu-west-1.amazonaws.com/eu-west-1_a/.well-known/jwks.json',
  ],
  ['http://localhost:9000', 'http://localhost:9000/.well-known/jwks.json'],
  ['http://127.0.0.1:9000/x', 'http://127.0.0.1:9000/x/.well-known/jwks.json'],
])('the keys of %s are at %s', (issuer, jwksUri) => {
  expect(sources(jwt(`issuer: ${issuer}`, 'audience: api'))).toMatchObject([{ issuer, jwksUri }]);
});

describe('issuers', () => {
  test.each([
    ['http://login.example.com'],
    ['http://localhost.evil.example'],
    ['http://127.0.0.1.evil.example'],
    ['ftp://login.example.com'],
    ['file:///etc/passwd'],
    ['https://user:secret@login.example.com'],
    ['"https://login.example.com/#x"'],
    ['https://login.example.com?tenant=1'],
    ['login.example.com'],
    ['""'],
    ['"https://login example.com"'],
    ['7'],
  ])('%s is refused', (issuer) => {
    expect(problems(jwt(`issuer: ${issuer}`, 'audience: api'))).toEqual(['HG128 3:15 identify[0].jwt.issuer']);
  });
  test('so are keys that are not fetched safely', () => {
    expect(problems(jwt(ISSUER, 'audience: api', 'jwksUri: http://login.example.com/keys'))).toEqual([
      'HG128 5:16 identify[0].jwt.jwksUri',
    ]);
  });
});

test.each([
  ['no audience', jwt(ISSUER), ['HG106 2:5 identify[0].jwt.audience']],
  ['no issuer', jwt('audience: api'), ['HG106 2:5 identify[0].jwt.issuer']],
  ['an empty list of audiences', jwt(ISSUER, 'audience: []'), ['HG129 4:17 identify[0].jwt.audience']],
  ['an audience that is a number', jwt(ISSUER, 'audience: 7'), ['HG129 4:17 identify[0].jwt.audience']],
  ['a claim that is none', jwt(ISSUER, 'audience: a', 'client: ""'), ['HG129 5:15 identify[0].jwt.client']],
  ['alg none', jwt(ISSUER, 'audience: a', 'algorithms: [RS256, none]'), ['HG129 5:27 identify[0].jwt.algorithms[1]']],
  ['a shared secret', jwt(ISSUER, 'audience: a', 'algorithms: [HS256]'), ['HG129 5:20 identify[0].jwt.algorithms[0]']],
  ['no algorithms', jwt(ISSUER, 'audience: a', 'algorithms: []'), ['HG129 5:19 identify[0].jwt.algorithms']],
  ['a misspelt key', jwt(ISSUER, 'audience: a', 'jwksUrl: https://x.example'), ['HG105 5:7 identify[0].jwt.jwksUrl']],
  ['a wrong name', jwt(ISSUER, 'audience: a', 'name: My IdP'), ['HG130 5:13 identify[0].jwt.name']],
  ['no map', '  - jwt: https://login.example.com\n', ['HG106 2:10 identify[0].jwt']],
  ['a wrong header', jwt(ISSUER, 'audience: a', 'header: "x token"'), ['HG118 5:15 identify[0].jwt.header']],
  [
    'two issuers without names',
    jwt(ISSUER, 'audience: a') + jwt('issuer: https://b.example', 'audience: a'),
    ['HG130 5:5 identify[1].jwt'],
  ],
  ['iam: false', '  - iam: false\n', ['HG132 2:10 identify[0].iam']],
  ['iam twice', '  - iam: true\n  - iam: true\n', ['HG104 3:10 identify[1].iam']],
  ['one header twice', '  - apiKey: x-key\n  - apiKey: X-Key\n', ['HG104 3:13 identify[1].apiKey']],
  ['a header that nobody vouches for', '  - header: x-tenant\n', ['HG131 2:13 identify[0].header']],
  ['trusted: false', '  - header: x-tenant\n    trusted: false\n', ['HG131 2:13 identify[0].header']],
  ['trust in a key', '  - apiKey: x-key\n    trusted: true\n', ['HG132 3:14 identify[0].trusted']],
  ['a name outside', '  - apiKey: x-key\n    name: a\n', ['HG132 3:11 identify[0].name']],
  ['two ways in one', '  - apiKey: x-key\n    iam: true\n', ['HG132 2:5 identify[0]']],
  ['no way', '  - {}\n', ['HG132 2:5 identify[0]']],
  ['a misspelt way', '  - apikey: x-key\n', ['HG105 2:5 identify[0].apikey']],
  ['an unknown way', '  - cookie: session\n', ['HG105 2:5 identify[0].cookie']],
  ['an authorizer without claim', '  - authorizer: {}\n', ['HG106 2:17 identify[0].authorizer.client']],
])('%s', (_, identify, expected) => expect(problems(identify)).toEqual(expected));

test('a warning where only what an authorizer never sees could identify', () => {
  const reject = 'anonymous: reject\n';
  expect(problems('  - iam: true\n', reject)).toEqual(['HG133 1:1 identify']);
  expect(parse('  - iam: true\n', reject).policy).toBeDefined();
  expect(problems('  - iam: true\n  - apiKey: x-key\n', reject)).toEqual([]);
  expect(problems('  - iam: true\n')).toEqual([]);
});
