import { jwtAuthorizer, jwtRoute, shop } from './http-world.ts';

const served = (world: ReturnType<typeof shop>) =>
  world.api.served('live')!.routes.filter(({ AuthorizationType }) => AuthorizationType === 'CUSTOM').length;

describe('a stage that deploys by itself', () => {
  test('gets no deployment of ours', async () => {
    const world = shop();
    await world.run('attach');
    expect(world.api.calls).not.toContain('CreateDeployment');
    expect(world.api.calls).not.toContain('UpdateStage');
    expect(world.api.calls).not.toContain('ExportApi');
  });
});

describe('a stage that serves a deployment', () => {
  test('gets one with the gate, and its own back when the gate goes', async () => {
    const world = shop({ autoDeploy: false });
    const own = world.api.stages.get('live')!.DeploymentId;
    await world.run('attach');
    expect(served(world)).toBe(5);
    expect(world.api.stages.get('live')!.DeploymentId).not.toBe(own);
    await world.run('detach');
    expect(world.api.stages.get('live')!.DeploymentId).toBe(own);
    expect(served(world)).toBe(0);
  });

  test.each<[string, (world: ReturnType<typeof shop>) => void, string]>([
    [
      'a new route',
      ({ api }) => api.config.routes.push({ ...api.route('$default'), RouteId: 'n', RouteKey: 'GET /new' }),
      'GET /new: it was added',
    ],
    ['a removed route', ({ api }) => api.config.routes.pop(), 'GET /account: it was removed'],
    [
      'another backend',
      ({ api }) => Object.assign(api.integration('rest'), { IntegrationUri: 'arn:other' }),
      '$default: its integration was changed',
    ],
    [
      'a backend that routes share',
      ({ api }) => Object.assign(api.integration('notes'), { IntegrationUri: 'arn:other' }),
      'GET /notes: its integration was changed',
    ],
    [
      'a mapping',
      ({ api }) => Object.assign(api.integration('rest'), { ResponseParameters: { 200: { 'remove:header.b': "''" } } }),
      '$default: its integration was changed',
    ],
    [
      'a route that was opened',
      ({ api }) => Object.assign(api.route('GET /account'), { AuthorizationType: 'NONE', AuthorizerId: undefined }),
      'GET /account: its authorization was changed',
    ],
    [
      'IAM',
      ({ api }) => Object.assign(api.route('POST /login'), { AuthorizationType: 'AWS_IAM' }),
      'POST /login: its authorization was changed',
    ],
    [
      'an authorizer',
      ({ api }) => {
        api.config.authorizers[0]!.JwtConfiguration!.Audience = ['other'];
      },
      'authorizer "jwt": it was changed',
    ],
    [
      'CORS',
      ({ api }) => {
        api.config.cors = { allowOrigins: ['*'] };
      },
      'CORS: it was changed',
    ],
  ])('does not publish %s by the way', async (_what, edit, expected) => {
    const world = shop({ autoDeploy: false, routes: (one) => [jwtRoute(one)] });
    edit(world);
    const before = world.picture();
    const { steps } = world;
    await expect(world.run('attach')).rejects.toThrow(expected);
    await expect(world.run('attach')).rejects.toMatchObject({ code: 'HG240' });
    expect(world.picture()).toEqual(before);
    expect(world.steps).toBe(steps);
    await world.run('attach', { publishPending: true });
    expect(served(world)).toBeGreaterThan(0);
  });

  test('an edit of the owner after attaching is not taken for ours', async () => {
    const world = shop({ autoDeploy: false });
    await world.run('attach');
    const jwt = jwtAuthorizer(world);
    Object.assign(world.api.route('GET /notes'), { AuthorizationType: 'JWT', AuthorizerId: jwt });
    const { unpublished } = await world.plan();
    expect(unpublished.map(({ where }) => where)).toEqual(['GET /notes']);
  });

  test('what was stripped and not deployed is ours to put back', async () => {
    const world = shop({ autoDeploy: false });
    await world.run('attach');
    Object.assign(world.api.route('GET /notes'), { AuthorizationType: 'NONE', AuthorizerId: undefined });
    expect((await world.plan()).unpublished).toEqual([]);
    await world.run('attach');
    expect(world.guarded()).toContain('GET /notes');
  });

  test('a deployment without the gate that somebody has put back is seen', async () => {
    const world = shop({ autoDeploy: false });
    const own = world.api.stages.get('live')!.DeploymentId!;
    await world.run('attach');
    world.api.stages.set('live', { AutoDeploy: false, DeploymentId: own });
    expect(served(world)).toBe(0);
    await world.run('attach');
    expect(served(world)).toBe(5);
  });

  test('after a deployment of the owner, detaching gives the stage a new one: what came back is no edit of his', async () => {
    const world = shop({ autoDeploy: false, routes: (one) => [jwtRoute(one)] });
    await world.run('attach', { replace: true });
    const own = world.api.deploy('live');
    await world.run('detach');
    expect(world.api.stages.get('live')!.DeploymentId).not.toBe(own);
    expect(served(world)).toBe(0);
    const account = world.api.served('live')!.routes.find(({ RouteKey }) => RouteKey === 'GET /account');
    expect(account!.AuthorizationType).toBe('JWT');
    expect(world.records.size).toBe(0);
  });

  test('without exports nothing can be compared: it stops, unless that is understood', async () => {
    const world = shop({ autoDeploy: false });
    world.api.exports = false;
    await expect(world.run('attach')).rejects.toThrow(/HG240.*could not be compared/s);
    await world.run('attach', { publishPending: true });
    expect(served(world)).toBe(5);
  });

  test('detaching without exports keeps the authorizer: a stage that asks it would answer 500', async () => {
    const world = shop({ autoDeploy: false });
    await world.run('attach');
    world.api.exports = false;
    await expect(world.run('detach')).rejects.toMatchObject({ code: 'HG243' });
    expect(world.api.config.authorizers).toHaveLength(1);
    world.api.exports = true;
    await world.run('detach');
    expect(world.api.config.authorizers).toEqual([]);
  });

  test('another stage that serves the gate keeps the authorizer until it is deployed', async () => {
    const world = shop({ autoDeploy: false });
    await world.run('attach');
    world.api.deploy('dev');
    await expect(world.run('detach')).rejects.toThrow(/HG244.*stage "dev"/s);
    expect(world.api.config.authorizers).toHaveLength(1);
    world.api.deploy('dev');
    await world.run('detach');
    expect(world.api.config.authorizers).toEqual([]);
  });
});

describe('what stops before anything is changed', () => {
  const obstaclesOf = async (world: ReturnType<typeof shop>, options = {}) => {
    const before = world.picture();
    await expect(world.run('attach', options)).rejects.toMatchObject({ code: 'HG240' });
    expect(world.picture()).toEqual(before);
    expect(world.records.size).toBe(0);
    return (await world.plan(options)).obstacles.map(({ where, what }) => `${where}: ${what}`);
  };

  test('a stage that is not there, or serves nothing', async () => {
    expect(await obstaclesOf(shop(), { stage: 'prod' })).toEqual(['stage "prod": the API has no such stage']);
    const world = shop();
    world.api.stages.set('live', { AutoDeploy: false });
    expect(await obstaclesOf(world)).toEqual(['stage "live": nothing is deployed to it yet']);
  });

  test('a route that the API does not have', async () => {
    const world = shop();
    world.api.config.routes = world.api.config.routes.filter(({ RouteKey }) => RouteKey !== '$default');
    const routes = [{ method: 'DELETE', path: '/notes' }];
    expect(await obstaclesOf(world, { routes })).toEqual(['DELETE /notes: no route of the API serves it']);
  });

  test('a WebSocket API', async () => {
    const world = shop();
    world.api.protocol = 'WEBSOCKET';
    expect((await obstaclesOf(world))[0]).toContain('WEBSOCKET');
  });

  test("ten authorizers, or one of the gate's name that asks another function", async () => {
    const full = shop();
    for (let count = 0; count < 10; count++)
      full.api.config.authorizers.push({ AuthorizerId: `x${count}`, Name: `x${count}`, AuthorizerType: 'JWT' });
    expect((await obstaclesOf(full))[0]).toContain('as many as an HTTP API may have');
    const named = shop();
    named.api.config.authorizers.push({
      AuthorizerId: 'x',
      Name: 'headgate-Shop-Gate',
      AuthorizerType: 'REQUEST',
      AuthorizerUri: 'arn:other',
    });
    expect((await obstaclesOf(named))[0]).toContain('asks another function');
  });

  test('an API that does not exist', async () => {
    const world = shop();
    await expect(world.run('attach', { apiId: 'other' })).rejects.toMatchObject({ code: 'HG241' });
  });
});
