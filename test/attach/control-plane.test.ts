import { createControlPlane } from '../../lambda/attach/control-plane.ts';
import { ServiceError } from './support/fake-rest-api.ts';

function world(random = 0.5, deniedAttempts?: number) {
  let now = 1_000_000;
  const slept: number[] = [];
  const plane = createControlPlane({
    clock: () => now,
    sleep: async (ms) => {
      slept.push(ms);
      now += ms;
    },
    random: () => random,
    ...(deniedAttempts !== undefined && { deniedAttempts }),
  });
  return { plane, slept, elapsed: () => now - 1_000_000, pass: (ms: number) => (now += ms) };
}
const ok = async () => 'ok';
const times = async (count: number, act: () => Promise<unknown>) => {
  for (let i = 0; i < count; i++) await act();
};

/** Fails so many times, then succeeds. */
function failing(count: number, error: () => Error) {
  let calls = 0;
  return {
    send: async () => {
      if (++calls <= count) throw error();
      return calls;
    },
    calls: () => calls,
  };
}
const throttled = () => new ServiceError('TooManyRequestsException', 'Too Many Requests', 429);

describe('the rates of the control plane', () => {
  test.each([
    ['CreateDeployment', 4, 15_000],
    ['GetResources', 25, 8000],
    ['UpdateMethod', 110, 10_000],
  ])('%s: %i calls take %i ms', async (operation, count, ms) => {
    const { plane, elapsed } = world();
    await times(count, () => plane.call(operation, ok));
    expect(elapsed()).toBe(ms);
  });

  test('time that passes by itself is not slept again, and one burst is saved up, not two', async () => {
    const { plane, slept, pass } = world();
    await times(10, () => plane.call('UpdateMethod', ok));
    pass(60_000);
    await times(10, () => plane.call('GetStage', ok));
    expect(slept).toEqual([]);
    await plane.call('UpdateMethod', ok);
    expect(slept).toEqual([100]);
  });

  test('callers at the same time wait their turn', async () => {
    const slept: number[] = [];
    const plane = createControlPlane({ clock: () => 0, sleep: async (ms) => slept.push(ms), random: () => 0 });
    await Promise.all([1, 2, 3].map(() => plane.call('CreateDeployment', ok)));
    expect(slept).toEqual([5000, 10_000]);
  });
});

describe('back-off', () => {
  test('doubles to 15 s, and is random', async () => {
    const { plane, slept } = world(0.5);
    const { send } = failing(7, throttled);
    expect(await plane.call('GetStage', send)).toBe(8);
    expect(slept).toEqual([250, 500, 1000, 2000, 4000, 7500, 7500]);
    const none = world(0);
    await none.plane.call('GetStage', failing(7, throttled).send);
    expect(none.elapsed()).toBe(0);
  });

  test('ends: after eight tries for rates and servers, four for conflicts, one for the rest', async () => {
    for (const [error, tries] of [
      [throttled(), 8],
      [new ServiceError('ServiceUnavailableException', 'later', 503), 8],
      [Object.assign(new Error('hang up'), { code: 'ECONNRESET' }), 8],
      [new ServiceError('ConflictException', 'in use', 409), 4],
      [new ServiceError('BadRequestException', 'no', 400), 1],
      [new ServiceError('AccessDeniedException', 'no', 403), 1],
    ] as const) {
      const { plane } = world();
      const { send, calls } = failing(100, () => error);
      await expect(plane.call('GetStage', send)).rejects.toThrow(/^HG243: API Gateway refused GetStage \(/);
      expect(calls()).toBe(tries);
    }
  });

  test('what IAM denies is tried again where the permission may be too young, for 15.5 s', async () => {
    const denied = () => new ServiceError('AccessDeniedException', 'not authorized', 403);
    const { plane, slept } = world(0, 6);
    expect(await plane.call('UpdateStage', failing(5, denied).send)).toBe(6);
    expect(slept).toEqual([500, 1000, 2000, 4000, 8000]);
    const { send, calls } = failing(100, denied);
    await expect(world(0, 6).plane.call('UpdateStage', send)).rejects.toThrow(/AccessDenied/);
    expect(calls()).toBe(6);
  });

  test('waits as long as the service asks, at most 15 s', async () => {
    for (const [seconds, ms] of [
      ['3', 3000],
      ['7200', 15_000],
    ] as const) {
      const { plane, slept } = world();
      await plane.call('GetStage', failing(1, () => Object.assign(throttled(), { retryAfterSeconds: seconds })).send);
      expect(slept).toEqual([ms]);
    }
  });

  test('a message is one line of bounded length, with the cause kept', async () => {
    const { plane } = world();
    const cause = new ServiceError('BadRequestException', `a\nb ${'x'.repeat(5000)}`, 400);
    const error: Error = await plane.call('GetStage', failing(1, () => cause).send).then(
      () => new Error('no'),
      (reason: Error) => reason,
    );
    expect(error.message).toMatch(/^HG243: API Gateway refused GetStage \(BadRequestException\): a b x+$/);
    expect(error.message.length).toBeLessThan(400);
    expect(error.cause).toBe(cause);
  });
});
