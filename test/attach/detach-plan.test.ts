import { ObstaclesError, StillAskedError } from '../../lambda/attach/attach-error.ts';
import { type DetachPlan, planDetachment, stageOfRecords } from '../../lambda/attach/detach-plan.ts';
import { AUTHORIZER } from '../../lambda/attach/model.ts';
import { attachmentOf, physicalIdOf } from '../../lambda/attach/resource.ts';
import { HttpWorld, shop as httpShop } from './http/http-world.ts';
import { open, shop, type World } from './support/world.ts';

/** The plan as the command line makes it: it knows the records, and not what was deployed. */
function planOf(world: World | HttpWorld): Promise<DetachPlan | undefined> {
  const { kind } = world.target;
  const target = { ...world.target, stage: stageOfRecords(world.records, kind) };
  // Two branches for one call: the adapters read different states.
  if (world instanceof HttpWorld) return planDetachment(world.adapter, target, world.records);
  return planDetachment(world.adapter, target, world.records);
}

/** Plans, then detaches: what was done has to be what was planned. */
async function expectAsPlanned(world: World | HttpWorld): Promise<DetachPlan> {
  const { steps } = world;
  const plan = await planOf(world);
  expect(world.steps).toBe(steps);
  const served = () => [...world.api.stages].map(([name]) => [name, deploymentOf(world, name)]);
  const before = new Map(served() as [string, string][]);
  let failure: unknown;
  const report = await world.run('detach').catch((error: unknown) => {
    failure = error;
  });
  if (failure instanceof StillAskedError) {
    const { routes, stages } = failure.asking;
    const where = [...routes, ...stages.map((stage) => `stage "${stage}"`)];
    expect(plan!.obstacles.map((one) => one.where)).toEqual(where);
  } else if (failure instanceof ObstaclesError) {
    expect(plan!.obstacles.map(({ what, where }) => [what, where])).toEqual(
      failure.obstacles.map(({ what, where }) => [what, where]),
    );
  } else {
    expect(failure).toBeUndefined();
    expect(plan!.obstacles).toEqual([]);
    const keys = [...plan!.restores.map(({ key }) => key), ...(plan!.authorizer ? [AUTHORIZER] : [])];
    expect(keys).toEqual(report!.restored);
    expect(plan!.kept.map(({ key }) => key)).toEqual(report!.kept);
  }
  for (const { stage, to } of plan!.stages) {
    if (to === null) expect(deploymentOf(world, stage)).not.toBe(before.get(stage));
    else expect(deploymentOf(world, stage)).toBe(to);
  }
  return plan!;
}

const deploymentOf = (world: World | HttpWorld, stage: string): string | undefined =>
  world instanceof HttpWorld
    ? world.api.stages.get(stage)?.DeploymentId
    : (world.api.stages.get(stage) as { deploymentId?: string }).deploymentId;

describe('what taking an API out gives back, planned and then done', () => {
  test('REST: all of it, and the deployment from before', async () => {
    const world = shop();
    const first = world.api.stages.get('live')!.deploymentId!;
    await world.run('attach');
    const plan = await expectAsPlanned(world);
    expect(plan.restores.length).toBeGreaterThan(3);
    expect(plan.stages).toEqual([{ stage: 'live', to: first }]);
    expect(plan.authorizer).toBe(true);
  });

  test('REST: what somebody has changed since is kept', async () => {
    const world = shop();
    await world.run('attach');
    world.api.method('POST /notes').authorizationType = 'AWS_IAM';
    delete world.api.method('POST /notes').authorizerId;
    world.api.config.responses.THROTTLED!.statusCode = '503';
    const plan = await expectAsPlanned(world);
    expect(plan.kept.map(({ key }) => key).sort()).toEqual(['gateway-response THROTTLED', 'method POST /notes']);
  });

  test('REST: where the owner has deployed since, a new deployment', async () => {
    const world = shop();
    await world.run('attach');
    world.api.deploy('live');
    expect((await expectAsPlanned(world)).stages).toEqual([{ stage: 'live', to: null }]);
  });

  test('REST: another stage that was deployed meanwhile stops it (HG244)', async () => {
    const world = shop();
    await world.run('attach');
    world.api.deploy('dev');
    expect((await expectAsPlanned(world)).obstacles).toEqual([
      {
        where: 'stage "dev"',
        what: expect.stringContaining('HG244'),
        waysOn: [expect.stringContaining('deploy it again')],
      },
    ]);
  });

  test('REST: a route that was copied with the authorizer stops it (HG244)', async () => {
    const world = shop();
    await world.run('attach');
    world.api.config.resources['/copy'] = { GET: { ...world.api.method('GET /notes') } };
    const plan = await expectAsPlanned(world);
    expect(plan.obstacles.map(({ where }) => where)).toEqual(['GET /copy']);
  });

  test('REST: an entry with publishPending publishes them in the end too', async () => {
    const world = shop();
    await world.run('attach', { publishPending: true });
    world.api.deploy('live');
    world.api.config.resources['/draft'] = { GET: open() };
    const target = { ...world.target, publishPending: true };
    const plan = await planDetachment(world.adapter, target, world.records);
    expect(plan).toMatchObject({ obstacles: [], stages: [{ stage: 'live', to: null }] });
    await expect(world.run('detach', { publishPending: true })).resolves.toMatchObject({ done: true });
  });

  test('REST: edits that a new deployment would publish stop it (HG240)', async () => {
    const world = shop();
    await world.run('attach');
    world.api.deploy('live');
    world.api.config.resources['/draft'] = { GET: open() };
    const plan = await expectAsPlanned(world);
    expect(plan.obstacles.map(({ where }) => where)).toEqual(['GET /draft']);
  });

  test.each([true, false])('HTTP, autoDeploy %s: all of it', async (autoDeploy) => {
    const world = httpShop({ autoDeploy });
    const first = world.api.stages.get('live')!.DeploymentId;
    await world.run('attach');
    const plan = await expectAsPlanned(world);
    expect(plan.restores.some(({ key }) => key.startsWith('integration '))).toBe(true);
    expect(plan.stages).toEqual(autoDeploy ? [] : [{ stage: 'live', to: first }]);
  });

  test('HTTP: a route that was copied with the authorizer stops it (HG244)', async () => {
    const world = httpShop();
    await world.run('attach');
    const guarded = world.api.config.routes.find(({ AuthorizationType }) => AuthorizationType === 'CUSTOM')!;
    world.api.config.routes.push({ ...guarded, RouteId: 'copy', RouteKey: 'GET /copy' });
    const plan = await expectAsPlanned(world);
    expect(plan.obstacles.map(({ where }) => where)).toEqual(['GET /copy']);
  });

  test('an API that is gone has nothing to get back; one of a gate with another name is not meant', async () => {
    const world = shop();
    await world.run('attach');
    const other = { ...world.target, gate: 'Other.Gate' };
    expect(await planDetachment(world.adapter, other, world.records)).toMatchObject({
      restores: [],
      authorizer: false,
    });
    world.api.exists = false;
    expect(await planOf(world)).toBeUndefined();
  });
});

test('an entry that is still there: narrower routes and another deny give back what they no longer cover', async () => {
  const world = shop();
  await world.run('attach');
  const { restores, kept } = await world.plan({ routes: [{ method: 'GET', path: '/notes' }], deny: 'middleware' });
  const keys = restores.map(({ key }) => key);
  expect(keys).toEqual(expect.arrayContaining(['method POST /notes', 'gateway-response ACCESS_DENIED']));
  expect(keys).not.toContain('method GET /notes');
  expect(kept).toEqual([]);
});

test('the physical id of an attachment names the API', () => {
  const api = { kind: 'http', apiId: 'f6g7h8i9j0', gate: 'Shop.Gate' } as const;
  expect(attachmentOf(physicalIdOf(api))).toEqual(api);
  expect(attachmentOf('Stack-Attached-1ABC')).toBeUndefined();
});
