import { NAME, open, ownAuthorizer, shop, visible } from './support/world.ts';

describe('detaching from a REST API', () => {
  test('an API that is gone needs nothing, and its records go', async () => {
    const world = shop();
    await world.run('attach');
    world.api.exists = false;
    expect(await world.run('detach')).toMatchObject({ done: true, restored: [] });
    expect(world.records.size).toBe(0);
  });

  test('an API that was never attached is not changed', async () => {
    const world = shop();
    const before = world.picture();
    await world.run('detach');
    expect(world.picture()).toEqual(before);
    expect(world.steps).toBe(0);
  });

  test('what somebody else has changed since stays, and is told', async () => {
    const world = shop();
    await world.run('attach');
    const { api } = world;
    const theirs = { authorizationType: 'AWS_IAM' };
    Object.assign(api.method('POST /notes'), theirs);
    delete api.method('POST /notes').authorizerId;
    api.config.responses.THROTTLED!.statusCode = '503';
    api.config.resources['/new'] = { GET: open() };
    const { kept } = await world.run('detach', { publishPending: true });
    expect([...kept].sort()).toEqual(['gateway-response THROTTLED', 'method POST /notes']);
    expect(api.method('POST /notes').authorizationType).toBe('AWS_IAM');
    expect(api.config.responses).toEqual({ THROTTLED: expect.objectContaining({ statusCode: '503' }) });
    expect(api.method('GET /notes')).toEqual(open());
    expect(api.config.authorizers).toEqual([]);
    expect(world.records.size).toBe(0);
  });

  test('a method that was deleted since is forgotten', async () => {
    const world = shop();
    await world.run('attach');
    delete world.api.config.resources['/keyed'];
    await world.run('detach');
    expect(world.records.size).toBe(0);
    expect(Object.keys(world.api.config.resources)).not.toContain('/keyed');
  });

  test('unpublished edits that came since stay unpublished: the stage goes back to what it served', async () => {
    const world = shop();
    const first = world.api.stages.get('live')!.deploymentId;
    await world.run('attach');
    world.api.config.resources['/draft'] = { GET: open() };
    await world.run('detach');
    expect(world.api.stages.get('live')!.deploymentId).toBe(first);
    expect(world.api.method('GET /draft')).toEqual(open());
  });

  test('where the owner has deployed since, the stage gets what he deployed, without the gate', async () => {
    const world = shop();
    await world.run('attach');
    world.api.config.resources['/draft'] = { GET: open() };
    world.api.deploy('live');
    await world.run('detach');
    expect(visible(world.api.served('live'))).toEqual(world.api.config);
    expect(world.api.method('GET /draft')).toEqual(open());
    expect(world.api.config.authorizers).toEqual([]);
  });

  test('what the owner has deployed between two runs of ours is not taken off the air', async () => {
    const world = shop();
    await world.run('attach');
    world.api.config.resources['/new'] = { GET: open() };
    world.api.deploy('live');
    await world.run('attach', { deny: 'middleware' });
    expect(world.api.method('GET /new').authorizationType).toBe('CUSTOM');
    await world.run('detach');
    expect(world.api.served('live')?.resources['/new']).toEqual({ GET: open() });
    expect(visible(world.api.served('live'))).toEqual(world.api.config);
  });

  test('where the owner has deployed since and edited again, it stops until that is published or undone', async () => {
    const world = shop();
    await world.run('attach');
    world.api.deploy('live');
    world.api.config.resources['/draft'] = { GET: open() };
    await expect(world.run('detach')).rejects.toThrow(/^HG240: REST API abc123 .*\n- GET \/draft: it was added, and/);
    expect(world.api.config.authorizers).toHaveLength(1);
    delete world.api.config.resources['/draft'];
    await world.run('detach');
    expect(visible(world.api.served('live'))).toEqual(world.api.config);
    expect(world.records.size).toBe(0);
  });

  test('edits that attaching has published stay published', async () => {
    const world = shop();
    world.api.config.resources['/draft'] = { GET: open() };
    await world.run('attach', { publishPending: true });
    await world.run('detach', { publishPending: false });
    expect(visible(world.api.served('live'))).toEqual(world.api.config);
    expect(world.api.served('live')?.resources['/draft']).toEqual({ GET: open() });
  });

  test('the deployment from before is gone: a new one', async () => {
    const world = shop();
    const first = world.api.stages.get('live')!.deploymentId!;
    await world.run('attach');
    world.api.deployments.delete(first);
    await world.run('detach');
    expect(visible(world.api.served('live'))).toEqual(world.api.config);
  });

  test('the authorizer stays as long as another stage asks it, and goes after that', async () => {
    const world = shop();
    await world.run('attach');
    world.api.deploy('dev');
    await expect(world.run('detach')).rejects.toThrow(
      /^HG244: REST API abc123 still asks the authorizer.*\n- stage "dev", by the deployment that it serves/,
    );
    expect(world.api.config.authorizers.map(({ name }) => name)).toEqual([NAME]);
    expect(world.api.method('GET /notes')).toEqual(open());
    world.api.deploy('dev');
    await world.run('detach');
    expect(world.api.config.authorizers).toEqual([]);
    expect(world.records.size).toBe(0);
  });

  test('the authorizer stays as long as a method asks it that we did not attach', async () => {
    const world = shop();
    await world.run('attach');
    const { authorizerId } = world.api.method('GET /notes');
    world.api.config.resources['/copy'] = {
      GET: { ...open(), authorizationType: 'CUSTOM', authorizerId: authorizerId! },
    };
    await expect(world.run('detach')).rejects.toThrow(/^HG244: .*\n- GET \/copy \(give it another authorization\)/);
    world.api.config.resources['/copy'] = { GET: open() };
    await world.run('detach');
    expect(world.api.config.authorizers).toEqual([]);
  });

  test("an owner's authorizer is never deleted", async () => {
    const world = shop();
    const id = ownAuthorizer(world);
    await world.run('attach', { deny: 'middleware' });
    await world.run('detach');
    expect(world.api.config.authorizers.map((one) => one.id)).toEqual([id]);
  });
});
