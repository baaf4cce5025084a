import { LOG_GROUP } from '../support/world.ts';
import { type HttpWorld, jwtRoute, shop } from './http-world.ts';

/** As small as an API can be that has all that is changed. */
function smallShop(autoDeploy: boolean): HttpWorld {
  const world = shop({ autoDeploy: true, routes: (one) => [jwtRoute(one, 'GET /account', 'login')] });
  world.api.config.routes = world.api.config.routes.filter(({ Target }) => Target !== 'integrations/notes');
  if (!autoDeploy) world.api.deploy('live');
  world.target = { ...world.target, replace: true, accessLog: LOG_GROUP };
  return world;
}

/** Ids differ with the number of tries: names in their place. */
function named(world: HttpWorld): unknown {
  let text = JSON.stringify(world.picture());
  for (const { AuthorizerId, Name } of world.api.config.authorizers)
    text = text.replaceAll(`"${AuthorizerId}"`, `"<${Name}>"`);
  return JSON.parse(text, (key, value) => (key === 'AuthorizationScopes' ? [...value].sort() : value));
}

async function stepsOf(verb: 'attach' | 'detach', autoDeploy: boolean): Promise<number> {
  const world = smallShop(autoDeploy);
  if (verb === 'detach') await world.run('attach');
  const before = world.steps;
  await world.run(verb);
  return world.steps - before;
}

describe.each([true, false])('a run that is killed after any of its steps (AutoDeploy: %s)', (autoDeploy) => {
  test('attaching: the next run completes it, and detaching leaves no trace', async () => {
    const steps = await stepsOf('attach', autoDeploy);
    expect(steps).toBeGreaterThan(15);
    const whole = smallShop(autoDeploy);
    const before = named(whole);
    await whole.run('attach');
    const attached = named(whole);
    for (let step = 0; step < steps; step++) {
      const world = smallShop(autoDeploy);
      const deployments = world.api.deployments.size;
      expect(await world.runUntilKilled('attach', step)).toBe(true);
      await world.run('attach');
      expect(named(world)).toEqual(attached);
      expect((await world.plan()).changes).toEqual([]);
      await world.run('detach');
      expect(named(world)).toEqual(before);
      expect(world.records.size).toBe(0);
      expect(world.api.deployments.size).toBe(deployments);
    }
  });

  test('attaching, then the rollback: detaching restores what was there', async () => {
    const steps = await stepsOf('attach', autoDeploy);
    for (let step = 0; step < steps; step++) {
      const world = smallShop(autoDeploy);
      const before = named(world);
      await world.runUntilKilled('attach', step);
      await world.run('detach');
      expect(named(world)).toEqual(before);
      expect(world.records.size).toBe(0);
    }
  });

  test('detaching: the next run completes it', async () => {
    const steps = await stepsOf('detach', autoDeploy);
    for (let step = 0; step < steps; step++) {
      const world = smallShop(autoDeploy);
      const before = named(world);
      await world.run('attach');
      expect(await world.runUntilKilled('detach', step)).toBe(true);
      await world.run('detach');
      expect(named(world)).toEqual(before);
      expect(world.records.size).toBe(0);
    }
  });
});

test.each([
  'CreateAuthorizer',
  'UpdateRoute',
  'UpdateIntegration',
  'CreateDeployment',
  'UpdateStage',
  'DeleteAuthorizer',
  'DeleteDeployment',
])('an answer of %s that is lost: the call is made again, and nothing is there twice', async (operation) => {
  const world = smallShop(false);
  const before = named(world);
  let once = true;
  world.api.afterChange = (name) => {
    if (name !== operation || !once) return;
    once = false;
    throw Object.assign(new Error('socket hang up'), { code: 'ECONNRESET' });
  };
  await world.run('attach');
  expect(world.api.config.authorizers).toHaveLength(2);
  await world.run('detach');
  expect(once).toBe(false);
  expect(named(world)).toEqual(before);
});

test('the rate of the control plane is kept to: refused for it, a call waits and is made again', async () => {
  const world = smallShop(true);
  let refusals = 3;
  const step = world.api.beforeChange;
  world.api.beforeChange = (operation) => {
    if (operation === 'UpdateRoute' && refusals-- > 0) {
      throw Object.assign(new Error('Rate exceeded'), {
        name: 'TooManyRequestsException',
        $metadata: { httpStatusCode: 429 },
      });
    }
    step(operation);
  };
  await world.run('attach');
  expect(world.guarded()).toContain('$default');
  expect(world.slept).toBeGreaterThanOrEqual(0.5 * (500 + 1000 + 2000));
});
