import { ourMappings } from '../../../lambda/attach/http/header-mappings.ts';
import { FUNCTION_ARN, URI } from '../support/world.ts';
import { jwtAuthorizer, jwtRoute, route, shop } from './http-world.ts';

const OUR_MAPPINGS = ourMappings();
const ALL = ['GET /notes', 'POST /notes', 'POST /login', 'POST /jobs', '$default'];

describe('attaching to an HTTP API', () => {
  test('makes one authorizer: payload 2.0, simple responses, nothing cached, no identity source', async () => {
    const world = shop();
    await world.run('attach');
    expect(world.api.config.authorizers).toEqual([
      {
        AuthorizerId: expect.any(String),
        Name: 'headgate-Shop-Gate',
        AuthorizerType: 'REQUEST',
        AuthorizerUri: URI,
        AuthorizerPayloadFormatVersion: '2.0',
        EnableSimpleResponses: true,
        AuthorizerResultTtlInSeconds: 0,
        IdentitySource: [],
      },
    ]);
  });

  test('guards every route without an authorizer, `$default` too, and leaves preflights open', async () => {
    const world = shop();
    const report = await world.run('attach');
    expect(world.guarded()).toEqual(ALL);
    expect(world.api.route('OPTIONS /notes').AuthorizationType).toBe('NONE');
    expect(report).toMatchObject({ done: true, left: [], kept: [] });
  });

  test("puts the headers on the integrations' answers, beside the owner's mappings", async () => {
    const world = shop();
    await world.run('attach');
    expect(world.api.integration('notes').ResponseParameters).toEqual(OUR_MAPPINGS);
    const { ResponseParameters = {} } = world.api.integration('login');
    expect(ResponseParameters[200]).toEqual({
      'append:header.x-shop': 'yes',
      'overwrite:header.X-RateLimit-Limit': '$context.authorizer.limit',
      'overwrite:header.X-RateLimit-Remaining': '$context.authorizer.remaining',
      'overwrite:header.X-RateLimit-Reset': '$context.authorizer.reset',
    });
    expect(ResponseParameters[418]).toEqual({ 'remove:header.a': "''" });
    expect(ResponseParameters[429]).toBeUndefined();
    expect(world.api.integration('queue')).toMatchObject({
      RequestParameters: { QueueUrl: 'q' },
      ResponseParameters: OUR_MAPPINGS,
    });
  });

  test("maps what the policy's `headers` name, and only that; a change of them changes the mappings", async () => {
    const world = shop();
    const before = world.picture();
    const keys = () => Object.keys(world.api.integration('rest').ResponseParameters?.[200] ?? {});
    await world.run('attach', { headers: ['ratelimit'] });
    expect(keys()).toEqual(['overwrite:header.RateLimit-Policy', 'overwrite:header.RateLimit']);
    await world.run('attach', { headers: ['x-ratelimit', 'ratelimit'] });
    expect(keys()).toHaveLength(5);
    await world.run('detach');
    expect(world.picture()).toEqual(before);
  });

  test('under `deny: middleware` the middleware sets them: no integration is touched', async () => {
    const world = shop();
    const before = structuredClone(world.api.config.integrations);
    await world.run('attach', { deny: 'middleware' });
    expect(world.guarded()).toEqual(ALL);
    expect(world.api.config.integrations).toEqual(before);
  });

  test('an integration that an unguarded route uses as well keeps its answers', async () => {
    const world = shop({ routes: (one) => [jwtRoute(one, 'GET /account', 'notes')] });
    await world.run('attach');
    expect(world.api.integration('notes').ResponseParameters).toBeUndefined();
    expect(world.api.integration('rest').ResponseParameters).toEqual(OUR_MAPPINGS);
  });

  test.each(['append:header.x-ratelimit-limit', 'overwrite:header.X-RateLimit-Reset'])(
    'an integration where the owner maps one of the headers (%s) stays as it is',
    async (mapping) => {
      const world = shop();
      const own = { 200: { [mapping]: '$response.header.y' } };
      world.api.integration('rest').ResponseParameters = structuredClone(own);
      await world.run('attach');
      expect(world.api.integration('rest').ResponseParameters).toEqual(own);
    },
  );

  test('guards only the routes that are named, and `$default` where requests of theirs can get there', async () => {
    const world = shop();
    await world.run('attach', { routes: [{ method: 'POST', path: '/login' }] });
    expect(world.guarded()).toEqual(['POST /login']);
    await world.run('attach', { routes: [{ method: 'GET', path: '/other' }] });
    expect(world.guarded()).toEqual(['$default']);
  });

  test('leaves routes with an authorizer alone and says what can be done', async () => {
    const world = shop({
      routes: (one) => [
        jwtRoute(one),
        route(one, 'GET /iam', 'rest', { AuthorizationType: 'AWS_IAM' }),
        route(one, 'GET /own', 'rest', { AuthorizationType: 'CUSTOM', AuthorizerId: jwtAuthorizer(one) }),
      ],
    });
    world.api.config.authorizers[1]!.Name = 'own';
    const before = structuredClone([world.api.route('GET /account'), world.api.route('GET /iam')]);
    const { left } = await world.run('attach');
    expect([world.api.route('GET /account'), world.api.route('GET /iam')]).toEqual(before);
    expect(left.map(({ route: key, reason }) => [key, reason.split(',')[0]])).toEqual([
      ['GET /account', 'it has the JWT authorizer "jwt"'],
      ['GET /iam', 'it has IAM authorization'],
      ['GET /own', 'it has the authorizer "own" (CUSTOM)'],
    ]);
    for (const { waysOn } of left) {
      expect(waysOn.join()).toContain('middleware');
      expect(waysOn.join()).toContain('replace: true');
    }
    expect(left[2]!.waysOn[0]).toContain('limit()');
  });

  test('`replace: true` takes their place; without it again, they come back', async () => {
    const world = shop({ routes: (one) => [jwtRoute(one)] });
    const before = world.picture();
    await world.run('attach', { replace: true });
    expect(world.guarded()).toEqual([...ALL, 'GET /account']);
    expect(world.api.route('GET /account').AuthorizationScopes).toBeUndefined();
    const { left } = await world.run('attach', { replace: false });
    expect(left.map(({ route: key, reason }) => `${key}: ${reason}`)[0]).toMatch(/^GET \/account: it has the JWT/);
    expect(world.guarded()).toEqual(ALL);
    expect(world.api.route('GET /account')).toMatchObject({
      AuthorizationType: 'JWT',
      AuthorizationScopes: ['me', 'read'],
    });
    await world.run('detach');
    expect(sorted(world.picture())).toEqual(sorted(before));
  });

  test('a second run changes nothing', async () => {
    const world = shop({ autoDeploy: false });
    await world.run('attach');
    const { steps } = world;
    const report = await world.run('attach');
    expect(world.steps).toBe(steps);
    expect(report.changed).toEqual([]);
  });

  test('what somebody has stripped is put back', async () => {
    const world = shop();
    const before = world.picture();
    await world.run('attach');
    const attached = world.picture();
    Object.assign(world.api.route('POST /login'), { AuthorizationType: 'NONE', AuthorizerId: undefined });
    delete world.api.integration('rest').ResponseParameters;
    world.api.config.authorizers[0]!.AuthorizerResultTtlInSeconds = 300;
    expect((await world.plan()).changes.map(({ key }) => key)).toEqual([
      'authorizer',
      'route POST /login',
      'integration rest',
    ]);
    await world.run('attach');
    expect(world.picture()).toEqual(attached);
    await world.run('detach');
    expect(sorted(world.picture())).toEqual(sorted(before));
  });

  test('another function, as where the gate was made anew, is asked instead', async () => {
    const world = shop();
    await world.run('attach');
    await world.run('attach', { functionArn: `${FUNCTION_ARN}-2` });
    expect(world.api.config.authorizers).toHaveLength(1);
    expect(world.api.config.authorizers[0]!.AuthorizerUri).toBe(URI.replace('/invocations', '-2/invocations'));
  });
});

describe('detaching from an HTTP API', () => {
  test.each([true, false])('leaves no trace (stage that deploys by itself: %s)', async (autoDeploy) => {
    const world = shop({ autoDeploy, routes: (one) => [jwtRoute(one)] });
    const before = world.picture();
    const deployments = [...world.api.deployments.keys()];
    await world.run('attach', { replace: true });
    expect(world.guarded()).toHaveLength(6);
    await world.run('detach');
    expect(sorted(world.picture())).toEqual(sorted(before));
    expect(world.records.size).toBe(0);
    expect([...world.api.deployments.keys()]).toEqual(deployments);
  });

  test("does not touch what the owner has changed since: a route's authorizer, a mapping, a deleted route", async () => {
    const world = shop();
    await world.run('attach');
    const jwt = jwtAuthorizer(world);
    Object.assign(world.api.route('GET /notes'), { AuthorizationType: 'JWT', AuthorizerId: jwt });
    world.api.config.routes = world.api.config.routes.filter(({ RouteKey }) => RouteKey !== 'POST /jobs');
    world.api.integration('login').ResponseParameters!['404'] = { 'append:header.x-new': '1', ...OUR_MAPPINGS['404'] };
    const { kept } = await world.run('detach');
    expect(kept).toEqual(['route GET /notes']);
    expect(world.api.route('GET /notes').AuthorizerId).toBe(jwt);
    expect(world.api.integration('login').ResponseParameters).toEqual({
      200: { 'append:header.x-shop': 'yes' },
      404: { 'append:header.x-new': '1' },
      418: { 'remove:header.a': "''" },
    });
    expect(world.api.config.authorizers.map(({ Name }) => Name)).toEqual(['jwt']);
  });

  test('an API that is gone needs nothing', async () => {
    const world = shop();
    await world.run('attach');
    world.api.exists = false;
    expect(await world.run('detach')).toMatchObject({ done: true });
    expect(world.records.size).toBe(0);
  });
});

/** Scopes are a set. */
function sorted(value: unknown): unknown {
  return JSON.parse(JSON.stringify(value, (key, one) => (key === 'AuthorizationScopes' ? [...one].sort() : one)));
}
