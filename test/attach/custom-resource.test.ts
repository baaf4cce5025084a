import { ObstaclesError } from '../../lambda/attach/attach-error.ts';
import { type AttachmentEvent, createCustomResource, type Run } from '../../lambda/attach/custom-resource.ts';
import type { AttachReport } from '../../lambda/attach/engine.ts';
import type { AttachTarget } from '../../lambda/attach/model.ts';
import { FUNCTION_ARN } from './support/world.ts';

const target: AttachTarget = {
  kind: 'rest',
  apiId: 'abc123',
  stage: 'live',
  functionArn: FUNCTION_ARN,
  gate: 'Shop.Gate',
  routes: [{ method: 'POST', path: '/login' }],
  deny: 'middleware',
  headers: ['ratelimit'],
  replace: true,
};
const done: AttachReport = { done: true, changed: [], restored: [], kept: [], left: [] };

function resource(run: Run = async () => done) {
  const runs: Parameters<Run>[] = [];
  const logs: string[] = [];
  const made = createCustomResource({
    run: (...args) => {
      runs.push(args);
      return run(...args);
    },
    log: (what, details) => logs.push(`${what} ${JSON.stringify(details)}`),
  });
  return { ...made, runs, logs };
}

const event = (more: Partial<AttachmentEvent> = {}, value: unknown = target): AttachmentEvent => ({
  RequestType: 'Create',
  ResourceProperties: { Target: typeof value === 'string' ? value : JSON.stringify(value) },
  ...more,
});

describe('the custom resource', () => {
  test('onEvent names the attachment and does nothing, so that a failed Create gets its Delete', async () => {
    const { onEvent, runs } = resource();
    const id = 'headgate-attachment|Shop.Gate|rest|abc123';
    expect(await onEvent(event())).toEqual({ PhysicalResourceId: id });
    expect(await onEvent(event({ RequestType: 'Update', PhysicalResourceId: 'old' }))).toEqual({
      PhysicalResourceId: id,
    });
    expect(runs).toEqual([]);
  });

  test('a Delete keeps its id, whatever the properties', async () => {
    const { onEvent } = resource();
    const gone = event({ RequestType: 'Delete', PhysicalResourceId: 'old' }, 'not JSON');
    expect(await onEvent(gone)).toEqual({ PhysicalResourceId: 'old' });
  });

  test('another stage is the same attachment, another API is another', async () => {
    const { onEvent } = resource();
    const id = async (more: object) => (await onEvent(event({}, { ...target, ...more }))).PhysicalResourceId;
    expect(await id({ stage: 'dev' })).toBe(await id({}));
    expect(await id({ apiId: 'other1' })).not.toBe(await id({}));
    expect(await id({ gate: 'Other' })).not.toBe(await id({}));
  });

  test('isComplete attaches on Create and Update, detaches on Delete', async () => {
    const { isComplete, runs } = resource();
    for (const RequestType of ['Create', 'Update', 'Delete'] as const) {
      expect(await isComplete(event({ RequestType, PhysicalResourceId: 'x' }))).toEqual({
        IsComplete: true,
        Data: { Left: '', Kept: '' },
      });
    }
    expect(runs.map(([verb, one]) => [verb, one])).toEqual([
      ['attach', target],
      ['attach', target],
      ['detach', target],
    ]);
  });

  test('a run that has not come to its end is called again, without data', async () => {
    const { isComplete } = resource(async () => ({ ...done, done: false }));
    expect(await isComplete(event())).toEqual({ IsComplete: false });
  });

  test('data are short, however much was left', async () => {
    const left = Array.from({ length: 500 }, (_, i) => ({
      route: `GET /${'x'.repeat(200)}/${i}`,
      reason: '',
      waysOn: [],
    }));
    const { Data } = await resource(async () => ({ ...done, left })).isComplete(event());
    expect(JSON.stringify(Data).length).toBeLessThan(1000);
    expect(Data!.Left).toMatch(/, and 490 more$/);
  });

  test('a failure has code and list, in whole lines and few enough bytes for CloudFormation; the log has all', async () => {
    const obstacle = (i: number) => ({
      what: `it has the authorizer "ä${i}"`,
      where: `GET /path/${i}`,
      waysOn: ['a', 'b'],
    });
    for (const count of [3, 1000]) {
      const obstacles = Array.from({ length: count }, (_, i) => obstacle(i));
      const { isComplete, logs } = resource(async () => {
        throw new ObstaclesError('REST API abc123', obstacles);
      });
      const error: Error = await isComplete(event()).then(
        () => new Error('no'),
        (reason: Error) => reason,
      );
      const lines = error.message.split('\n');
      expect(lines.slice(0, 2)).toEqual([
        'HG240: REST API abc123 is not touched:',
        '- GET /path/0: it has the authorizer "ä0". Ways on: a; or b.',
      ]);
      expect(Buffer.byteLength(JSON.stringify(error.message))).toBeLessThanOrEqual(3000);
      // The framework's reason is the message, a line about the log, and the stack's lines but the first.
      expect(error.stack!.split('\n').slice(1)).toEqual([]);
      expect(logs.join()).toContain(`GET /path/${count - 1}`);
      const shown = lines.filter((line) => line.startsWith('- ')).length;
      if (count === 3) expect(lines).toHaveLength(4);
      else
        expect(lines.at(-1)).toBe(
          `… and ${count - shown} more; the log has all, and so has \`npx headgate attach --plan\`.`,
        );
    }
  });

  test('one endless line is cut', async () => {
    const { isComplete } = resource(async () => {
      throw new TypeError('x'.repeat(100_000));
    });
    await expect(isComplete(event())).rejects.toThrow(/^unexpected: TypeError: x+…$/);
  });

  test.each([
    ['no JSON', 'x', 'Target'],
    ['null', 'null', 'Target'],
    ['another kind', { ...target, kind: 'websocket' }, 'kind'],
    ['an id with a slash', { ...target, apiId: 'a/b' }, 'apiId'],
    ['a stage with a dot', { ...target, stage: '../x' }, 'stage'],
    ['no function', { ...target, functionArn: undefined }, 'functionArn'],
    ['routes of another kind', { ...target, routes: ['GET /'] }, 'routes'],
    ['headers of another style', { ...target, headers: ['x'] }, 'headers'],
    ['another deny', { ...target, deny: 'never' }, 'deny'],
  ])('%s is refused', async (_, value, name) => {
    const { onEvent, isComplete, runs } = resource();
    await expect(onEvent(event({}, value))).rejects.toThrow(`HG242: the attachment's ${name} cannot be read`);
    await expect(isComplete(event({}, value))).rejects.toThrow(/^HG242: /);
    expect(runs).toEqual([]);
  });

  test('only `true` is consent', async () => {
    const { isComplete, runs } = resource();
    await isComplete(event({}, { ...target, replace: 'true', sharedDeny: 1, publishPending: {} }));
    const { replace, ...rest } = target;
    expect(replace).toBe(true);
    expect(runs[0]![1]).toEqual(rest);
  });
});
