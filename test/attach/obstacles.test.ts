import type { AttachTarget } from '../../lambda/attach/model.ts';
import { NAME, open, ownAuthorizer, shop, type World } from './support/world.ts';

/** Attaching stops with a list, and has changed nothing. */
async function refusal(world: World, options: Partial<AttachTarget> = {}): Promise<string> {
  const before = world.picture();
  const error: unknown = await world.run('attach', options).then(
    () => undefined,
    (reason: unknown) => reason,
  );
  expect(error).toBeInstanceOf(Error);
  expect(world.picture()).toEqual(before);
  expect(world.steps).toBe(0);
  return (error as Error).message;
}

describe('attaching stops before any change', () => {
  test('where the API does not exist', async () => {
    expect(await refusal(shop(), { apiId: 'zzz999' })).toBe(
      'HG241: REST API zzz999 does not exist in this account and region. Correct the id, or attach in the region of the API.',
    );
  });

  test('with all obstacles in one list, each with its place and the ways on', async () => {
    const world = shop();
    const authorizerId = ownAuthorizer(world);
    world.api.config.resources['/own'] = { GET: { ...open(), authorizationType: 'CUSTOM', authorizerId } };
    world.api.config.resources['/iam'] = { GET: { ...open(), authorizationType: 'AWS_IAM' } };
    world.api.config.responses.ACCESS_DENIED = { statusCode: '404', responseParameters: {}, responseTemplates: {} };
    world.api.deploy('live');
    world.api.policy = '{}';
    world.api.config.resources['/draft'] = { GET: open() };
    const message = await refusal(world, {
      routes: [
        { method: 'GET', path: '/notes' },
        { method: 'DELETE', path: '/notes/{id}/x/{y}' },
      ],
    });
    expect(message.split('\n')).toEqual([
      'HG240: REST API abc123 is not touched:',
      expect.stringMatching(/^- GET \/iam: it has IAM authorization, and the answer to ACCESS_DENIED is one/),
      expect.stringMatching(
        /^- GET \/own: it has the authorizer "login" \(CUSTOM\), and the answer .*`deny: middleware`.*`sharedDeny: true`/,
      ),
      expect.stringMatching(/^- the resource policy: it can refuse requests/),
      expect.stringMatching(/^- gateway response ACCESS_DENIED: the API has its own, with status 404/),
      expect.stringMatching(
        /^- GET \/draft: it was added, and stage "live" does not serve that yet.*`publishPending: true`/,
      ),
    ]);
  });

  test('where a route is on no method', async () => {
    const world = shop();
    delete world.api.config.resources['/{proxy+}'];
    world.api.deploy('live');
    expect(await refusal(world, { routes: [{ method: 'POST', path: '/login' }] })).toContain(
      '- POST /login: no method of the API serves this route.',
    );
  });

  test('where the stage is missing, empty, or in a canary release', async () => {
    expect(await refusal(shop(), { stage: 'prod' })).toContain('- stage "prod": the API has no such stage.');
    const empty = shop();
    empty.api.stages.set('live', {});
    expect(await refusal(empty)).toContain('- stage "live": nothing is deployed to it yet.');
    const canary = shop();
    canary.api.stages.get('live')!.canarySettings = { percentTraffic: 5 };
    expect(await refusal(canary)).toContain('- stage "live": a canary release is under way');
  });

  test('where an authorizer of our name asks another function', async () => {
    const world = shop();
    ownAuthorizer(world, NAME);
    expect(await refusal(world, { deny: 'middleware' })).toContain(
      `- authorizer "${NAME}": the API has an authorizer of this name`,
    );
  });

  test('where another gate is in front already, even to replace it; not of routes that are left out', async () => {
    const world = shop();
    const authorizerId = ownAuthorizer(world, 'headgate-Other');
    Object.assign(world.api.method('GET /notes'), { authorizationType: 'CUSTOM', authorizerId });
    world.api.deploy('live');
    for (const replace of [false, true]) {
      expect(await refusal(world, { replace })).toContain(
        '\n- GET /notes: another gate is in front of it (authorizer "headgate-Other"), and there can be one. Ways on: detach',
      );
    }
    expect(await world.run('attach', { routes: [{ method: 'POST', path: '/notes' }] })).toMatchObject({ done: true });
  });

  test('under another name; and the rollback of that leaves the standing attachment alone', async () => {
    const world = shop();
    await world.run('attach');
    const attached = world.picture();
    for (const replace of [false, true]) {
      await expect(world.run('attach', { gate: 'New.Name', replace })).rejects.toThrow(
        /^HG240: .*\n- authorizer "headgate-Shop-Gate": the gate has another name than when it was attached\. Ways on: keep/,
      );
    }
    await world.run('detach');
    expect(world.picture()).toEqual(attached);
    expect(world.records.size).toBeGreaterThan(0);
    await world.run('detach', { gate: 'Shop.Gate' });
    expect(world.api.config.authorizers).toEqual([]);
  });

  test('where the API has as many authorizers as it may have', async () => {
    const world = shop();
    for (let i = 0; i < 10; i++) ownAuthorizer(world, `own-${i}`);
    expect(await refusal(world)).toContain('- authorizers: the API has 10 authorizers');
  });

  test('`deny: middleware` goes on where others deny, and so does `sharedDeny`', async () => {
    for (const options of [{ deny: 'middleware' }, { sharedDeny: true }] as const) {
      const world = shop();
      const authorizerId = ownAuthorizer(world);
      world.api.config.resources['/own'] = { GET: { ...open(), authorizationType: 'CUSTOM', authorizerId } };
      world.api.policy = '{}';
      world.api.deploy('live');
      expect(await world.run('attach', options)).toMatchObject({ done: true });
      expect('ACCESS_DENIED' in world.api.config.responses).toBe(!('deny' in options));
    }
  });

  test('an authorizer that nothing uses is no hazard, nor is one that is replaced', async () => {
    const world = shop();
    const authorizerId = ownAuthorizer(world);
    await world.run('attach');
    await world.run('detach');
    world.api.config.resources['/own'] = { GET: { ...open(), authorizationType: 'CUSTOM', authorizerId } };
    world.api.deploy('live');
    expect(await world.run('attach', { replace: true })).toMatchObject({ done: true, left: [] });
  });

  test('an own answer to ACCESS_DENIED stays where it is shared, or says 429 itself', async () => {
    for (const [statusCode, options] of [
      ['404', { sharedDeny: true }],
      ['429', {}],
    ] as const) {
      const world = shop();
      const own = { statusCode, responseParameters: {}, responseTemplates: { 'application/json': '{}' } };
      world.api.config.responses.ACCESS_DENIED = own;
      world.api.deploy('live');
      const { left } = await world.run('attach', options);
      expect(world.api.config.responses.ACCESS_DENIED).toEqual(own);
      expect(left.map(({ route }) => route)).toEqual(['gateway response ACCESS_DENIED']);
    }
  });
});

describe('unpublished edits', () => {
  const edits: Record<string, (world: World) => void> = {
    'GET /draft: it was added': ({ api }) => {
      api.config.resources['/draft'] = { GET: open() };
    },
    'POST /notes: it was removed': ({ api }) => {
      delete api.config.resources['/notes']!.POST;
    },
    'GET /notes: its need of an API key was turned on': ({ api }) => {
      api.method('GET /notes').apiKeyRequired = true;
    },
    'GET /notes: its authorization was changed from NONE to AWS_IAM': ({ api }) => {
      api.method('GET /notes').authorizationType = 'AWS_IAM';
    },
    'GET /notes: its integration was changed': ({ api }) => {
      api.method('GET /notes').methodIntegration = { type: 'HTTP_PROXY', uri: 'https://example.com' };
    },
    'OPTIONS /notes: its integration was changed': ({ api }) => {
      const integration = api.method('OPTIONS /notes').methodIntegration as {
        integrationResponses: Record<string, { statusCode: string }>;
      };
      integration.integrationResponses['204']!.statusCode = '200';
    },
    'gateway response DEFAULT_4XX: it was changed': ({ api }) => {
      api.config.responses.DEFAULT_4XX = {
        responseParameters: { 'gatewayresponse.header.X': "'1'" },
        responseTemplates: {},
      };
    },
  };

  test.each(Object.entries(edits))('%s', async (text, edit) => {
    const world = shop();
    edit(world);
    expect(await refusal(world, { deny: 'middleware' })).toContain(
      `- ${text}, and stage "live" does not serve that yet`,
    );
    expect(await world.run('attach', { publishPending: true, deny: 'middleware' })).toMatchObject({ done: true });
    expect(world.api.served('live')).toEqual(world.api.config);
  });

  test('none, right after a deployment, nor by our own changes', async () => {
    const world = shop();
    world.api.config.responses.DEFAULT_4XX = {
      responseParameters: {},
      responseTemplates: { 'application/json': '{}' },
    };
    world.api.deploy('live');
    expect((await world.plan()).unpublished).toEqual([]);
    await world.runUntilKilled('attach', 12);
    expect((await world.plan()).unpublished).toEqual([]);
    await world.run('attach');
    expect((await world.plan()).unpublished).toEqual([]);
  });

  test('without an export the methods are still compared', async () => {
    const world = shop();
    world.api.exports = false;
    world.api.config.resources['/draft'] = { GET: open() };
    expect(await refusal(world)).toContain('- GET /draft: it was added');
  });
});
