import { ObstaclesError } from '../../lambda/attach/attach-error.ts';
import { open, ownAuthorizer, shop, type World } from './support/world.ts';

const keyed = { ...open(), apiKeyRequired: true };

/** `GET /keyed` has no authorizer; `GET /own` and `GET /cognito` have, and require a key; `GET /login` requires none. */
function authorizerKeyed(): World {
  const world = shop();
  const authorizerId = ownAuthorizer(world);
  world.api.apiKeySource = 'AUTHORIZER';
  world.api.config.resources['/own'] = { GET: { ...keyed, authorizationType: 'CUSTOM', authorizerId } };
  world.api.config.resources['/login'] = { GET: { ...open(), authorizationType: 'CUSTOM', authorizerId } };
  world.api.config.resources['/cognito'] = { GET: { ...keyed, authorizationType: 'COGNITO_USER_POOLS', authorizerId } };
  world.api.deploy('live');
  return world;
}

const changedRoutes = ({ changes }: Awaited<ReturnType<World['plan']>>) =>
  changes.flatMap(({ route }) => (route === undefined ? [] : [route]));

describe('an API that takes API keys from its authorizers (apiKeySource AUTHORIZER)', () => {
  test('taking the place of one that gave the key is refused: every caller would get 403', async () => {
    const world = authorizerKeyed();
    const { obstacles } = await world.plan({ replace: true, sharedDeny: true });
    expect(obstacles).toEqual([
      {
        where: 'GET /own',
        what: expect.stringMatching(/API key.*the authorizer "login" \(CUSTOM\).*403/),
        waysOn: expect.arrayContaining([expect.stringContaining('`passKeys: true`')]),
      },
    ]);
    await expect(world.run('attach', { replace: true, sharedDeny: true })).rejects.toThrow(ObstaclesError);
    expect(world.steps).toBe(0);
  });

  test('without replace its own authorizer goes on giving keys, and nothing stops', async () => {
    const { obstacles, left } = await authorizerKeyed().plan({ sharedDeny: true });
    expect(obstacles).toEqual([]);
    expect(left.map(({ route }) => route)).toEqual(expect.arrayContaining(['GET /own', 'GET /login', 'GET /cognito']));
  });

  test('with passKeys the gate gives them, in its place', async () => {
    const world = authorizerKeyed();
    const plan = await world.plan({ replace: true, passKeys: true });
    expect(plan.obstacles).toEqual([]);
    expect(changedRoutes(plan)).toEqual(expect.arrayContaining(['GET /own', 'GET /login', 'GET /keyed']));
    await world.run('attach', { replace: true, passKeys: true });
    expect(world.api.method('GET /own').authorizationType).toBe('CUSTOM');
  });

  test('a method that nothing can give a key answers 403 to everybody: it is left as it is, and said so', async () => {
    const world = authorizerKeyed();
    const plan = await world.plan({ sharedDeny: true });
    expect(changedRoutes(plan)).not.toContain('GET /keyed');
    expect(plan.left).toContainEqual({
      route: 'GET /keyed',
      reason: expect.stringMatching(/API key.*403/),
      waysOn: expect.arrayContaining([expect.stringContaining('`passKeys: true`')]),
    });
    // Cognito gives no keys either, and does not come to give them by being replaced.
    const replacing = await world.plan({ replace: true, sharedDeny: true });
    expect(changedRoutes(replacing)).not.toContain('GET /cognito');
    expect(replacing.left.map(({ route }) => route)).toContain('GET /cognito');
  });

  test('a key that comes in a header is none of this', async () => {
    const world = authorizerKeyed();
    world.api.apiKeySource = 'HEADER';
    const plan = await world.plan({ replace: true });
    expect(plan.obstacles).toEqual([]);
    expect(changedRoutes(plan)).toEqual(expect.arrayContaining(['GET /keyed', 'GET /own', 'GET /cognito']));
  });

  test('an attached API whose owner turns to AUTHORIZER: the next run says so, and detaching gives all back', async () => {
    const world = authorizerKeyed();
    world.api.apiKeySource = 'HEADER';
    const before = world.picture();
    await world.run('attach', { replace: true });
    world.api.apiKeySource = 'AUTHORIZER';
    expect((await world.plan()).obstacles).toContainEqual(expect.objectContaining({ where: 'GET /own' }));
    await world.run('detach');
    expect(world.picture()).toEqual(before);
  });
});
