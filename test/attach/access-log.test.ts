import { stageOfAccessLogKey } from '../../lambda/attach/access-log-key.ts';
import type { AttachTarget } from '../../lambda/attach/model.ts';
import type { HttpWorld } from './http/http-world.ts';
import * as http from './http/http-world.ts';
import { LOG_GROUP, shop, type World } from './support/world.ts';

const KEY = 'stage live access-log';
const OWN = { arn: 'arn:aws:firehose:eu-central-1:123456789012:deliverystream/own', format: '$context.requestId' };

interface Log {
  readonly arn: string | undefined;
  readonly format: string | undefined;
}

/** What the tests do to either kind of API. */
interface Kind {
  readonly world: World | HttpWorld;
  readonly log: (stage?: string) => Log | undefined;
  readonly setLog: (log: Log | undefined) => void;
  readonly refuse: (refuse: boolean) => void;
  readonly deployments: () => number;
  readonly otherStage: () => void;
}

function rest(): Kind {
  const world = shop();
  const { api } = world;
  return {
    world,
    log: (stage = 'live') => {
      const set = api.stages.get(stage)?.accessLogSettings;
      return set && { arn: set.destinationArn, format: set.format };
    },
    setLog: (log) => {
      const { accessLogSettings: _, ...stage } = api.stages.get('live')!;
      const own = log && { accessLogSettings: { destinationArn: log.arn!, format: log.format! } };
      api.stages.set('live', { ...stage, ...own });
    },
    refuse: (refuse) => {
      api.logRole = !refuse;
    },
    deployments: () => api.calls.filter((name) => name === 'CreateDeployment').length,
    otherStage: () => api.stages.set('next', { ...api.stages.get('live') }),
  };
}

function httpApi(): Kind {
  const world = http.shop({ autoDeploy: false });
  const { api } = world;
  return {
    world,
    log: (stage = 'live') => {
      const set = api.stages.get(stage)?.AccessLogSettings;
      return set && { arn: set.DestinationArn, format: set.Format };
    },
    setLog: (log) => {
      const { AccessLogSettings: _, ...stage } = api.stages.get('live')!;
      api.stages.set('live', {
        ...stage,
        ...(log && { AccessLogSettings: { DestinationArn: log.arn, Format: log.format } }),
      });
    },
    refuse: (refuse) => {
      api.logDelivery = !refuse;
    },
    deployments: () => api.calls.filter((name) => name === 'CreateDeployment').length,
    otherStage: () => api.stages.set('next', { ...api.stages.get('live')! }),
  };
}

const target: Partial<AttachTarget> = { accessLog: `${LOG_GROUP}:*` };

describe.each([
  ['REST', rest],
  ['HTTP', httpApi],
])('the access log of an attached %s API', (name, make) => {
  test('is set where the stage has none, in the format of its kind, and taken away again', async () => {
    const { world, log } = make();
    const before = world.picture();
    await world.run('attach', target);

    expect(log()!.arn).toBe(LOG_GROUP);
    const format = JSON.parse(log()!.format!) as Record<string, string>;
    expect(format).toMatchObject({ gate: 'Shop.Gate', requestId: '$context.requestId' });
    expect(format.route).toBe(name === 'REST' ? '$context.resourcePath' : '$context.routeKey');

    await world.run('detach');
    expect(world.picture()).toEqual(before);
  });

  test("stays the owner's where the stage has one, and that is said", async () => {
    const { world, log, setLog } = make();
    setLog(OWN);
    const { left } = await world.run('attach', target);

    expect(log()).toEqual(OWN);
    expect(left).toContainEqual(
      expect.objectContaining({ route: 'access log', reason: expect.stringContaining('its own') }),
    );
    await world.run('detach');
    expect(log()).toEqual(OWN);
  });

  test('is not spoken of where the owner sends it to the gate by hand', async () => {
    const { world, log, setLog } = make();
    await world.run('attach', target);
    const byHand = log();
    await world.run('detach');
    setLog(byHand);

    expect((await world.run('attach', target)).left.map(({ route }) => route)).not.toContain('access log');
    await world.run('detach');
    expect(log()).toEqual(byHand);
  });

  test('is no reason for a deployment, neither when it comes nor when it goes', async () => {
    const { world, log, deployments } = make();
    await world.run('attach');
    const made = deployments();

    await world.run('attach', target);
    expect(log()).toBeDefined();
    await world.run('attach', { accessLog: undefined as never });
    expect(log()).toBeUndefined();
    expect(deployments()).toBe(made);
  });

  test('follows the target to another stage', async () => {
    const { world, log, otherStage } = make();
    otherStage();
    await world.run('attach', target);
    await world.run('attach', { stage: 'next' });

    expect(log('next')?.arn).toBe(LOG_GROUP);
    expect(log('live')).toBeUndefined();
  });

  test('what the owner has set instead since stays', async () => {
    const { world, log, setLog } = make();
    await world.run('attach', target);
    setLog(OWN);

    await world.run('attach', target);
    expect(log()).toEqual(OWN);
    await world.run('detach');
    expect(log()).toEqual(OWN);
    expect(world.records.size).toBe(0);
  });

  test('that API Gateway refuses stops nothing, is said, and is tried again', async () => {
    const { world, log, refuse } = make();
    const before = world.picture();
    refuse(true);
    const report = await world.run('attach', target);

    expect(report.done).toBe(true);
    expect(report.changed).not.toContain(KEY);
    expect(report.left).toContainEqual(
      expect.objectContaining({ route: 'access log', reason: expect.stringContaining('UpdateStage') }),
    );
    expect((await world.plan()).changes.map(({ text }) => text)).toEqual([
      expect.stringContaining('refused it before'),
    ]);

    refuse(false);
    expect(await world.run('attach')).toMatchObject({ changed: [KEY], left: [] });
    expect(log()?.arn).toBe(LOG_GROUP);
    await world.run('detach');
    expect(world.picture()).toEqual(before);
    expect(world.records.size).toBe(0);
  });

  test('refused, and then the gate goes: nothing is left', async () => {
    const { world, refuse } = make();
    const before = world.picture();
    refuse(true);
    await world.run('attach', target);
    await world.run('detach');

    expect(world.picture()).toEqual(before);
    expect(world.records.size).toBe(0);
  });

  test('a connection that breaks is no refusal', async () => {
    const { world, log } = make();
    const step = world.api.beforeChange;
    world.api.beforeChange = (operation) => {
      if (operation === 'UpdateStage') throw Object.assign(new Error('gone'), { code: 'ECONNRESET' });
      step(operation);
    };
    await expect(world.run('attach', target)).rejects.toThrow(/UpdateStage/);
    world.api.beforeChange = step;
    await world.run('attach', target);
    expect(log()?.arn).toBe(LOG_GROUP);
  });
});

test('keys name the stage', () => {
  expect(stageOfAccessLogKey(KEY)).toBe('live');
  expect(stageOfAccessLogKey('stage $default access-log')).toBe('$default');
  expect(stageOfAccessLogKey('deployment live')).toBeUndefined();
});
