import { createWorld, httpEvent, KEYS, policyOf } from './world.ts';

const policy = policyOf(`
identify:
  - apiKey: x-api-key
tiers: [free, gold]
limits:
  sign-in:
    per: address
    routes:
      - POST /login
    rate: 1/minute
  client:
    per: client
    rate: { free: 3/minute, gold: 5/minute }
`);

describe('the authorizer of an HTTP API', () => {
  test('answers simply, with the context for the headers', async () => {
    const world = createWorld(policy);
    expect(await world.call(httpEvent({ key: KEYS.acme }))).toEqual({
      isAuthorized: true,
      context: expect.objectContaining({
        verdict: 'allowed',
        limit: '5',
        remaining: '4',
        client: 'acme',
        tier: 'gold',
      }),
    });
  });

  test('forbids where it may not be soft, and lets through to the middleware where it may', async () => {
    for (const [softDenyApis, isAuthorized] of [
      [[], false],
      [['other'], false],
      [['other', 'h77p'], true],
    ] as const) {
      const world = createWorld(policy, { softDenyApis });
      for (let i = 0; i < 3; i++) await world.call(httpEvent({ key: KEYS.bob }));
      const denied = await world.call(httpEvent({ key: KEYS.bob }));
      expect(denied).toMatchObject({
        isAuthorized,
        context: { verdict: 'limited', limitName: 'client', remaining: '0' },
      });
      expect(world.metrics.at(-1)).toEqual(['Limited']);
    }
  });

  test('the blocked are not let through, soft or not', async () => {
    const world = createWorld(policy, { softDenyApis: ['h77p'] });
    world.blocks = [{ subject: 'client:acme' }];
    await world.readBlocks();
    expect(await world.call(httpEvent({ key: KEYS.acme }))).toEqual({ isAuthorized: false, context: {} });
  });

  test.each([
    ['its own route', { path: '/login', routeKey: 'POST /login' }],
    ['$default', { path: '/login', routeKey: '$default' }],
    ['a stage', { path: '/login', routeKey: '$default', stage: 'prod' }],
    ['a stage of the same name', { path: '/login', routeKey: '$default', stage: 'login' }],
    ['a greedy route', { path: '/login', routeKey: 'ANY /{proxy+}', parameters: { proxy: 'login' } }],
    [
      'a greedy route in another spelling',
      { path: '//%6Cogin/', routeKey: 'ANY /{proxy+}', parameters: { proxy: '/%6Cogin/' } },
    ],
    ['a base path', { path: '/v1/login', routeKey: 'ANY /{proxy+}', parameters: { proxy: 'login' } }],
  ])('a limit of one route holds on %s', async (_, options) => {
    const world = createWorld(policy);
    const verdicts = [];
    for (let i = 0; i < 2; i++) verdicts.push((await world.call(httpEvent({ method: 'POST', ...options }))).context);
    expect(verdicts.map(({ verdict }) => verdict)).toEqual(['allowed', 'limited']);
    expect(verdicts[1]!.limitName).toBe('sign-in');
  });

  test.each([
    ['with the stage in the path', '/prod/login'],
    ['without it', '/login'],
  ])('behind a custom domain, %s', async (_, rawPath) => {
    const event = httpEvent({ method: 'POST', routeKey: '$default', stage: 'prod' });
    const custom = { ...event, rawPath, requestContext: { ...event.requestContext, domainName: 'api.example.com' } };
    const world = createWorld(policy);
    await world.call(custom);
    expect((await world.call(custom)).context).toMatchObject({ verdict: 'limited', limitName: 'sign-in' });
  });

  test.each(['//prod/login', '/%70rod/login', '/./prod/login', '/x/../prod//login', '/%2570rod/login'])(
    'the stage in another spelling takes no limit away: %s',
    async (rawPath) => {
      const world = createWorld(policy);
      const event = { ...httpEvent({ method: 'POST', routeKey: '$default', stage: 'prod' }), rawPath };
      await world.call(event);
      expect((await world.call(event)).context).toMatchObject({ verdict: 'limited', limitName: 'sign-in' });
    },
  );

  test('behind a custom domain a stage that is named like a path takes no limit away', async () => {
    const reports = policyOf('limits:\n  reports:\n    per: address\n    routes: [GET /login/*]\n    rate: 1/minute\n');
    const event = httpEvent({ routeKey: '$default', stage: 'login' });
    const requestContext = { ...event.requestContext, domainName: 'api.example.com' };
    const world = createWorld(reports);
    const custom = { ...event, rawPath: '/login/x', requestContext };
    await world.call(custom);
    expect((await world.call(custom)).context.verdict).toBe('limited');
  });

  test.each(['/prod', '/prod/'])('%s is the root of the stage prod', async (rawPath) => {
    const world = createWorld(
      policyOf('limits:\n  root:\n    per: address\n    routes: [GET /]\n    rate: 1/minute\n'),
    );
    const event = { ...httpEvent({ routeKey: '$default', stage: 'prod' }), rawPath };
    expect((await world.call(event)).context.limitName).toBe('root');
  });

  test('and on no other', async () => {
    const world = createWorld(policy);
    for (let i = 0; i < 3; i++) {
      const { context } = await world.call(httpEvent({ method: 'POST', path: '/logins', routeKey: '$default' }));
      expect(context).toMatchObject({ verdict: 'allowed', limitName: 'client' });
    }
  });
});
