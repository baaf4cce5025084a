import { EXPOSED_HEADERS } from '../../lambda/http/rate-limit-headers.ts';
import { FUNCTION_ARN, NAME, open, ownAuthorizer, shop, URI, visible, type World } from './support/world.ts';

const ours = (world: World) => world.api.config.authorizers.find(({ name }) => name === NAME)!;

describe('attaching to a REST API', () => {
  test('one authorizer, every method without one, our answers, and a deployment that the stage serves', async () => {
    const world = shop();
    const before = world.picture();
    const report = await world.run('attach');
    expect(report).toMatchObject({ done: true, restored: [], kept: [], left: [] });

    const { api } = world;
    expect(api.config.authorizers).toEqual([
      {
        id: expect.any(String),
        name: NAME,
        type: 'REQUEST',
        authorizerUri: URI,
        authorizerResultTtlInSeconds: 0,
        identitySource: '',
      },
    ]);
    const { id } = ours(world);
    for (const route of ['GET /notes', 'POST /notes', 'GET /keyed', 'ANY /{proxy+}']) {
      expect(api.method(route)).toMatchObject({ authorizationType: 'CUSTOM', authorizerId: id });
    }
    expect(api.method('OPTIONS /notes').authorizationType).toBe('NONE');
    expect(api.method('GET /keyed').apiKeyRequired).toBe(true);
    expect(api.config.responses.ACCESS_DENIED).toEqual({
      statusCode: '429',
      responseParameters: {
        'gatewayresponse.header.Content-Type': "'application/problem+json'",
        'gatewayresponse.header.Retry-After': 'context.authorizer.retryAfter',
        'gatewayresponse.header.X-RateLimit-Limit': 'context.authorizer.limit',
        'gatewayresponse.header.X-RateLimit-Remaining': 'context.authorizer.remaining',
        'gatewayresponse.header.X-RateLimit-Reset': 'context.authorizer.reset',
        'gatewayresponse.header.Access-Control-Allow-Origin': "'*'",
        'gatewayresponse.header.Access-Control-Expose-Headers': `'${EXPOSED_HEADERS.join(',')}'`,
      },
      responseTemplates: { 'application/json': expect.stringContaining('"detail":"$context.authorizer.detail"') },
    });
    expect(Object.keys(api.config.responses).sort()).toEqual(['ACCESS_DENIED', 'QUOTA_EXCEEDED', 'THROTTLED']);
    expect(api.served('live')).toEqual(api.config);

    await world.run('detach');
    expect(world.picture()).toEqual(before);
    expect(world.records.size).toBe(0);
    expect([...api.deployments.keys()]).toEqual([api.stages.get('live')!.deploymentId]);
  });

  test('changes nothing the second time', async () => {
    const world = shop();
    await world.run('attach');
    const steps = world.steps;
    expect((await world.plan()).publishes).toBe(false);
    expect(await world.run('attach')).toMatchObject({ done: true, changed: [] });
    expect(world.steps).toBe(steps);
  });

  test('a plan names every change and touches nothing', async () => {
    const world = shop();
    const before = world.picture();
    const { changes, publishes, obstacles } = await world.plan();
    expect(changes.map(({ text }) => text)).toEqual([
      `authorizer "${NAME}": ask the gate for every request, without caching`,
      'gateway response ACCESS_DENIED: status 429 with Retry-After and a problem+json body',
      'gateway response THROTTLED: status 429 with Retry-After and a problem+json body',
      'gateway response QUOTA_EXCEEDED: status 429 with Retry-After and a problem+json body',
      'GET /keyed: ask the authorizer',
      'GET /notes: ask the authorizer',
      'POST /notes: ask the authorizer',
      'ANY /{proxy+}: ask the authorizer',
    ]);
    expect({ publishes, obstacles }).toEqual({ publishes: true, obstacles: [] });
    expect(world.picture()).toEqual(before);
    expect(world.steps).toBe(0);
  });

  test('only the routes that are named; what is no longer named is given back', async () => {
    const world = shop();
    await world.run('attach', { routes: [{ method: 'POST', path: '/notes' }] });
    expect(world.api.method('POST /notes').authorizationType).toBe('CUSTOM');
    expect(world.api.method('GET /notes').authorizationType).toBe('NONE');
    const report = await world.run('attach', { routes: [{ method: 'GET', path: '/notes' }] });
    expect(report).toMatchObject({ changed: ['method GET /notes'], restored: ['method POST /notes'] });
    expect(world.api.method('POST /notes').authorizationType).toBe('NONE');
    expect(world.api.served('live')).toEqual(world.api.config);
  });

  test('`deny: middleware` and `forbidden` leave the answer to ACCESS_DENIED alone', async () => {
    for (const deny of ['middleware', 'forbidden'] as const) {
      const world = shop();
      world.api.config.responses.ACCESS_DENIED = { statusCode: '418', responseParameters: {}, responseTemplates: {} };
      world.api.deploy('live');
      await world.run('attach', { deny });
      expect(world.api.config.responses.ACCESS_DENIED.statusCode).toBe('418');
    }
  });

  test('a changed `deny` takes our answer away again', async () => {
    const world = shop();
    await world.run('attach');
    await world.run('attach', { deny: 'middleware' });
    expect(world.api.config.responses.ACCESS_DENIED).toBeUndefined();
    expect(world.api.served('live')?.responses.ACCESS_DENIED).toBeUndefined();
  });

  test('what was stripped, or cached by a hand, is put right', async () => {
    const world = shop();
    await world.run('attach');
    world.api.config.resources['/notes']!.POST = open();
    ours(world).authorizerResultTtlInSeconds = 300;
    world.api.deploy('live');
    expect((await world.run('attach')).changed).toEqual(['authorizer', 'method POST /notes']);
    expect(ours(world).authorizerResultTtlInSeconds).toBe(0);
    expect(world.api.served('live')).toEqual(world.api.config);
  });

  test('a re-import that took everything away is put right with a new authorizer', async () => {
    const world = shop();
    const before = structuredClone(world.api.config);
    await world.run('attach');
    world.api.config = structuredClone(before);
    world.api.deploy('live');
    await world.run('attach');
    expect(world.api.method('GET /notes').authorizerId).toBe(ours(world).id);
    await world.run('detach');
    expect(world.api.config).toEqual(before);
    expect(visible(world.api.served('live'))).toEqual(before);
  });

  test('an older deployment put back by a hand is replaced', async () => {
    const world = shop();
    const first = world.api.stages.get('live')!.deploymentId!;
    await world.run('attach');
    world.api.stages.set('live', { deploymentId: first });
    expect((await world.plan()).publishes).toBe(true);
    await world.run('attach');
    expect(world.api.served('live')).toEqual(world.api.config);
  });

  test('another function of the gate is asked from then on', async () => {
    const world = shop();
    await world.run('attach');
    await world.run('attach', { functionArn: `${FUNCTION_ARN}-2` });
    expect(ours(world).authorizerUri).toBe(URI.replace('authorizer/', 'authorizer-2/'));
    expect(world.api.config.authorizers).toHaveLength(1);
  });

  test('another stage: the first one goes back to what it served', async () => {
    const world = shop();
    const live = world.api.served('live');
    world.api.deploy('next');
    await world.run('attach');
    await world.run('attach', { stage: 'next' });
    expect(world.api.served('live')).toEqual(live);
    expect(world.api.served('next')).toEqual(world.api.config);
    await world.run('detach');
    expect(world.api.served('next')).toEqual(live);
    expect(world.records.size).toBe(0);
  });

  test('methods with an authorizer are left alone and named with the ways on', async () => {
    const world = shop();
    const authorizerId = ownAuthorizer(world);
    world.api.config.resources['/own'] = { GET: { ...open(), authorizationType: 'CUSTOM', authorizerId } };
    world.api.deploy('live');
    const { left } = await world.run('attach', { deny: 'middleware' });
    expect(left).toEqual([
      {
        route: 'GET /own',
        reason: 'it has the authorizer "login" (CUSTOM), and a method has one authorizer: it is not limited',
        waysOn: [
          '`limit()` inside your authorizer (`withRateLimit`)',
          'the middleware in the backend',
          '`replace: true` (yours is not asked any more, and comes back on detaching)',
        ],
      },
    ]);
    expect(world.api.method('GET /own').authorizerId).toBe(authorizerId);
  });

  test('`replace: true` takes their place, and gives it back with scopes', async () => {
    const world = shop();
    const authorizerId = ownAuthorizer(world, 'pool');
    const own = { authorizationType: 'COGNITO_USER_POOLS', authorizerId, authorizationScopes: ['a/read', 'a/write'] };
    world.api.config.resources['/own'] = { GET: { ...open(), ...own } };
    world.api.deploy('live');
    const before = world.picture();
    await world.run('attach', { replace: true });
    expect(world.api.method('GET /own')).toEqual({
      ...open(),
      authorizationType: 'CUSTOM',
      authorizerId: ours(world).id,
    });
    await world.run('detach');
    expect(world.picture()).toEqual(before);
  });

  test('what was replaced comes back when it is no longer to be replaced', async () => {
    const world = shop();
    const own = { authorizationType: 'CUSTOM', authorizerId: ownAuthorizer(world) };
    world.api.config.resources['/own'] = { GET: { ...open(), ...own } };
    world.api.deploy('live');
    await world.run('attach', { replace: true });
    await expect(world.run('attach', { replace: false })).rejects.toThrow(
      /\n- GET \/own: it has the authorizer "login" \(CUSTOM\), and the answer to ACCESS_DENIED/,
    );
    const { restored, left } = await world.run('attach', { replace: false, deny: 'middleware' });
    expect(restored).toContain('method GET /own');
    expect(left.map(({ route }) => route)).toEqual(['GET /own']);
    expect(world.api.method('GET /own')).toMatchObject(own);
  });

  test('in several runs, each with time for one step', async () => {
    const world = shop();
    const before = world.picture();
    world.slice = 1;
    await world.run('attach');
    expect(world.api.served('live')).toEqual(world.api.config);
    await world.run('detach');
    expect(world.picture()).toEqual(before);
  });
});
