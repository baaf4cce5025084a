import { keySet, signingKey, signToken } from '../support/tokens.ts';
import { createWorld, httpEvent, KEYS, policyOf, restEvent } from './world.ts';

const ISSUER = 'https://login.example.com';
const open = `
identify:
  - apiKey: x-api-key
  - jwt: { issuer: "${ISSUER}", audience: api, tier: plan }
tiers: [free, gold]
limits:
  flood:
    per: address
    rate: 8/minute
  client:
    per: client
    rate: { free: 2/minute, gold: 4/minute }
`;
const key = signingKey('k1');

function createTokenWorld(yaml = open) {
  const world = createWorld(policyOf(yaml));
  world.keySets.set(`${ISSUER}/.well-known/jwks.json`, keySet(key));
  const token = (more: object = {}, header: object = {}, by = key) =>
    signToken(by, { iss: ISSUER, aud: 'api', sub: 'user-7', exp: world.now / 1000 + 600, ...more }, header);
  const ask = async (options: object) => (await world.call(restEvent(options))).context;
  return { world, token, ask };
}

test('a token is a client with its own budget and the tier of its claim', async () => {
  const { world, token, ask } = createTokenWorld();
  for (let i = 0; i < 2; i++)
    expect(await ask({ token: token() })).toMatchObject({ verdict: 'allowed', client: 'jwt:user-7' });
  expect(await ask({ token: token() })).toMatchObject({ verdict: 'limited', client: 'jwt:user-7', tier: 'free' });
  expect(await ask({ token: token({ sub: 'user-8', plan: 'gold' }) })).toMatchObject({
    verdict: 'allowed',
    limit: '4',
    tier: 'gold',
  });
  expect(await ask({ token: token({ sub: 'user-9', plan: 'platinum' }) })).toMatchObject({
    verdict: 'allowed',
    tier: 'free',
  });
  const { context } = await world.call(httpEvent({ token: token(), ip: '203.0.113.8' }));
  expect(context).toMatchObject({ verdict: 'limited', client: 'jwt:user-7' });
  expect(world.rejections.at(-1)).toMatchObject({ event: 'limited', clientId: 'jwt:user-7' });
});

test('the first that proves something wins, and nothing after it is looked at', async () => {
  const { world, token, ask } = createTokenWorld();
  expect(await ask({ key: KEYS.acme, token: token() })).toMatchObject({ client: 'acme', tier: 'gold' });
  expect(world.fetches).toEqual([]);
  expect(await ask({ key: 'nobody-has-this-key-1234', token: token() })).toMatchObject({ client: 'jwt:user-7' });
});

test('a subject that is called like a client of the registry does not use its budget', async () => {
  const { ask, token } = createTokenWorld();
  for (let i = 0; i < 3; i++) await ask({ token: token({ sub: 'acme' }) });
  expect(await ask({ key: KEYS.acme })).toMatchObject({ verdict: 'allowed', client: 'acme', remaining: '3' });
});

test('an address over its limit is denied before its token is checked, whatever it sends', async () => {
  const { world, token, ask } = createTokenWorld();
  for (let i = 0; i < 9; i++) await ask({ token: token({ sub: `user-${i}` }) });
  const [fetches, writes] = [world.fetches.length, world.writes.length];
  world.now += 20_000;
  for (let i = 0; i < 50; i++) {
    expect(await ask({ token: token({ sub: `more-${i}` }, { kid: `made-up-${i}` }) })).toMatchObject({
      verdict: 'limited',
    });
  }
  expect([world.fetches.length, world.writes.length]).toEqual([fetches, writes]);
  expect(world.refusals).toEqual([]);
});

test.each([
  ['expired', { exp: 1_799_999_000 }, {}],
  ['for somebody else', { aud: 'admin' }, {}],
  ['with an unknown key id', {}, { kid: 'k2' }],
  ['of another issuer', { iss: 'https://evil.example' }, {}],
])('a token %s is its address', async (_, claims, header) => {
  const { world, token, ask } = createTokenWorld();
  const context = await ask({ token: token(claims, header) });
  expect(context).toMatchObject({ verdict: 'allowed', tier: 'free' });
  expect(context).not.toHaveProperty('client');
  expect(world.metrics).toEqual([['Allowed']]);
});

describe('exemptions and blocks', () => {
  test('hold for clients of tokens', async () => {
    const { world, token, ask } = createTokenWorld(`${open}exempt:\n  - client: jwt:user-7\n`);
    for (let i = 0; i < 20; i++) expect(await ask({ token: token() })).toMatchObject({ verdict: 'allowed' });
    expect(world.writes).toEqual([]);
    world.blocks = [{ subject: 'client:jwt:user-8' }];
    await world.readBlocks();
    await expect(ask({ token: token({ sub: 'user-8' }) })).rejects.toThrow(/^Unauthorized$/);
    expect(world.rejections).toMatchObject([{ event: 'blocked', clientId: 'jwt:user-8' }]);
  });
});

describe('while the issuer is down', () => {
  test('tokens of known keys are checked as ever', async () => {
    const { world, token, ask } = createTokenWorld(`anonymous: reject\n${open}`);
    await ask({ token: token() });
    world.issuerDown = true;
    world.now += 3_600_000;
    expect(await ask({ token: token({ sub: 'new' }) })).toMatchObject({ verdict: 'allowed', client: 'jwt:new' });
    await expect(ask({ token: token({ exp: 1 }) })).rejects.toThrow(/^Unauthorized$/);
  });

  test('others are their addresses, and a metric says so', async () => {
    const { world, token, ask } = createTokenWorld();
    world.issuerDown = true;
    expect(await ask({ token: token() })).not.toHaveProperty('client');
    expect(world.metrics).toEqual([['StoreErrors', 'Allowed']]);
  });

  test('under `anonymous: reject` they are answered 500, never 401', async () => {
    const { world, token } = createTokenWorld(`anonymous: reject\n${open}`);
    world.issuerDown = true;
    for (const event of [restEvent({ token: token() }), httpEvent({ token: token() })]) {
      await expect(world.call(event)).rejects.toThrow('HG332');
    }
    await expect(world.call(restEvent())).rejects.toThrow(/^Unauthorized$/);
    expect(world.fetches).toHaveLength(1);
  });
});

test('a scheme that is not Bearer, or two tokens, prove nothing', async () => {
  const { world, token } = createTokenWorld();
  for (const authorization of [
    [`Basic ${token()}`],
    [token()],
    [`Bearer ${token()}`, `Bearer ${token({ sub: 'b' })}`],
    ['Bearer '],
  ]) {
    const event = restEvent();
    const { context } = await world.call({ ...event, multiValueHeaders: { Authorization: authorization } });
    expect(context).not.toHaveProperty('client');
  }
  const { context } = await world.call(httpEvent({ ip: '203.0.113.8' }));
  expect(context).not.toHaveProperty('client');
  expect(world.refusals).toEqual([]);
});

describe('what AWS or another authorizer has proven, in events of backends', () => {
  const policy = policyOf(`identify:
  - iam: true
  - authorizer: { client: sub, tier: plan }
  - header: x-tenant
    trusted: true
anonymous: reject
tiers: [free, gold]
limits:
  client: { per: client, rate: { free: 2/minute, gold: 4/minute } }
`);
  const withContext = <T extends { requestContext: object; headers: object }>(
    event: T,
    more: object,
    headers = {},
  ) => ({
    ...event,
    headers: { ...event.headers, ...headers },
    multiValueHeaders: undefined,
    requestContext: { ...event.requestContext, ...more },
  });
  const userArn = 'arn:aws:sts::123456789012:assumed-role/batch/run-17';

  test.each([
    [
      'IAM, REST',
      withContext(restEvent(), { identity: { sourceIp: '203.0.113.7', userArn } }),
      'iam:123456789012.role.batch',
    ],
    ['IAM, HTTP', withContext(httpEvent(), { authorizer: { iam: { userArn } } }), 'iam:123456789012.role.batch'],
    [
      'Cognito, REST',
      withContext(restEvent(), { authorizer: { claims: { sub: 'u7', plan: 'gold' } } }),
      'authorizer:u7',
    ],
    [
      'JWT authorizer, HTTP',
      withContext(httpEvent(), { authorizer: { jwt: { claims: { sub: 'u7', plan: 'gold' } } } }),
      'authorizer:u7',
    ],
    ['a trusted header', withContext(httpEvent(), {}, { 'x-tenant': 'acme' }), 'header:acme'],
  ])('%s', async (_, event, client) => {
    const { context } = await createWorld(policy).call(event);
    expect(context).toMatchObject({ verdict: 'allowed', client });
    expect(context.tier).toBe(client === 'authorizer:u7' ? 'gold' : 'free');
  });

  test('a caller cannot write it', async () => {
    const forged = { userArn, authorizer: { claims: { sub: 'u7' } }, iam: { userArn } };
    for (const event of [restEvent(), httpEvent()]) {
      const call = createWorld(policy).call({
        ...event,
        body: JSON.stringify(forged),
        queryStringParameters: { userArn },
      });
      await (event.requestContext.apiId === 'h77p'
        ? expect(call).resolves.toEqual({ isAuthorized: false, context: {} })
        : expect(call).rejects.toThrow(/^Unauthorized$/));
    }
  });
});

test('no token is in a context, a log or a fault', async () => {
  const { world, token } = createTokenWorld();
  const tokens = [token(), token({ exp: 1 }), token({}, { kid: 'k2' }), 'ey.not-a.token'];
  const answers = [];
  for (const one of tokens) for (let i = 0; i < 4; i++) answers.push(await world.call(restEvent({ token: one })));
  const said = JSON.stringify([answers, world.rejections, world.metrics, world.refusals, world.faults.map(String)]);
  for (const one of tokens) {
    for (const piece of one.split('.').filter((piece) => piece.length > 6)) expect(said).not.toContain(piece);
  }
  expect(world.rejections.length).toBeGreaterThan(0);
});
