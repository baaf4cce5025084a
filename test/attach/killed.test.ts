import { FUNCTION_ARN, LOG_GROUP, open, ownAuthorizer, shop, type World } from './support/world.ts';

function busyShop(): World {
  const world = shop();
  const authorizerId = ownAuthorizer(world);
  world.api.config.resources['/own'] = { GET: { ...open(), authorizationType: 'CUSTOM', authorizerId } };
  world.api.config.responses.THROTTLED = { statusCode: '503', responseParameters: {}, responseTemplates: {} };
  world.api.deploy('live');
  world.target = { ...world.target, replace: true, accessLog: LOG_GROUP };
  return world;
}

/** Ids differ with the number of tries: names in their place. */
function named(picture: unknown, { api }: World): unknown {
  let text = JSON.stringify(picture);
  for (const { id, name } of api.config.authorizers) text = text.replaceAll(`"${id}"`, `"<${name}>"`);
  return JSON.parse(text);
}

async function stepsOf(verb: 'attach' | 'detach'): Promise<number> {
  const world = busyShop();
  if (verb === 'detach') await world.run('attach');
  const before = world.steps;
  await world.run(verb);
  return world.steps - before;
}

describe('a run that is killed after any of its steps', () => {
  test('attaching: the next run completes it, and detaching leaves no trace', async () => {
    const steps = await stepsOf('attach');
    expect(steps).toBeGreaterThan(20);
    const whole = busyShop();
    const before = whole.picture();
    await whole.run('attach');
    const attached = named(whole.picture(), whole);
    for (let step = 0; step < steps; step++) {
      const world = busyShop();
      expect(await world.runUntilKilled('attach', step)).toBe(true);
      await world.run('attach');
      expect(named(world.picture(), world)).toEqual(attached);
      expect((await world.plan()).changes).toEqual([]);
      await world.run('detach');
      expect(world.picture()).toEqual(before);
      expect(world.records.size).toBe(0);
      expect(world.api.deployments.size).toBe(whole.api.deployments.size - 1);
    }
  });

  test('attaching, then the rollback: detaching restores what was there', async () => {
    const steps = await stepsOf('attach');
    for (let step = 0; step < steps; step++) {
      const world = busyShop();
      const before = world.picture();
      const deployments = world.api.deployments.size;
      await world.runUntilKilled('attach', step);
      await world.run('detach');
      expect(world.picture()).toEqual(before);
      expect(world.records.size).toBe(0);
      expect(world.api.deployments.size).toBe(deployments);
    }
  });

  test('detaching: the next run completes it', async () => {
    const steps = await stepsOf('detach');
    for (let step = 0; step < steps; step++) {
      const world = busyShop();
      const before = world.picture();
      await world.run('attach');
      expect(await world.runUntilKilled('detach', step)).toBe(true);
      await world.run('detach');
      expect(world.picture()).toEqual(before);
      expect(world.records.size).toBe(0);
    }
  });

  test('a half-attached API is attached differently: nothing of the first is left behind', async () => {
    const steps = await stepsOf('attach');
    const routes = [{ method: 'GET', path: '/keyed' }];
    for (let step = 0; step < steps; step += 3) {
      const world = busyShop();
      const before = world.picture();
      await world.runUntilKilled('attach', step);
      await world.run('attach', { routes, deny: 'middleware' });
      const attached = Object.entries(world.api.config.resources).flatMap(([path, methods]) =>
        Object.entries(methods)
          .filter(([, one]) => one.authorizerId !== undefined)
          .map(([method]) => `${method} ${path}`),
      );
      expect(attached).toEqual(['GET /keyed', 'GET /own']);
      expect(world.api.method('GET /own').authorizerId).not.toBe(world.api.method('GET /keyed').authorizerId);
      await world.run('detach');
      expect(world.picture()).toEqual(before);
    }
  });

  test('our own values replaced by newer ones: what was there before ours comes back', async () => {
    const newer = { headers: ['ratelimit'], functionArn: `${FUNCTION_ARN}-2` } as const;
    const whole = busyShop();
    const before = whole.picture();
    await whole.run('attach');
    const first = whole.steps;
    await whole.run('attach', newer);
    const attached = named(whole.picture(), whole);
    for (let step = 0; step < whole.steps - first; step++) {
      for (const next of ['attach', 'detach'] as const) {
        const world = busyShop();
        await world.run('attach');
        world.target = { ...world.target, ...newer };
        expect(await world.runUntilKilled('attach', step)).toBe(true);
        if (next === 'attach') {
          await world.run('attach');
          expect(named(world.picture(), world)).toEqual(attached);
        }
        await world.run('detach');
        expect(world.picture()).toEqual(before);
        expect(world.records.size).toBe(0);
      }
    }
  });

  test('what the owner changes between the two runs is his', async () => {
    const world = busyShop();
    await world.runUntilKilled('attach', 19);
    const attached = Object.keys(world.api.config.resources['/notes']!).find(
      (method) => world.api.method(`${method} /notes`).authorizerId !== undefined,
    );
    expect(attached).toBeDefined();
    const method = world.api.method(`${attached} /notes`);
    method.authorizationType = 'AWS_IAM';
    delete method.authorizerId;
    await world.run('attach', { publishPending: true });
    expect(world.api.method(`${attached} /notes`).authorizationType).toBe('CUSTOM');
    await world.run('detach');
    expect(world.api.method(`${attached} /notes`).authorizationType).toBe('AWS_IAM');
  });

  test('an answer that is lost: the call is made again', async () => {
    const lost = Object.assign(new Error('socket hang up'), { code: 'ECONNRESET' });
    for (const operation of [
      'CreateAuthorizer',
      'UpdateMethod',
      'CreateDeployment',
      'PutGatewayResponse',
      'UpdateStage',
      'DeleteAuthorizer',
      'DeleteDeployment',
      'DeleteGatewayResponse',
    ]) {
      const world = busyShop();
      const before = world.picture();
      let once = true;
      world.api.afterChange = (name) => {
        if (name !== operation || !once) return;
        once = false;
        throw lost;
      };
      await world.run('attach');
      expect(world.api.config.authorizers).toHaveLength(2);
      await world.run('detach');
      expect(once).toBe(false);
      expect(world.picture()).toEqual(before);
    }
  });
});
