import type { Verdict } from '../../lambda/limiter/verdict.ts';
import { asked, charge, fixedWindow, slidingWindow, tokenBucket } from '../limiter/budgets.ts';
import {
  type Fault,
  garble,
  LOST_ANSWER,
  NO_TABLE,
  RESET,
  SERVER_ERROR,
  STALL,
  STALL_ANSWER,
  THROTTLED,
  THROTTLED_BY_THE_API,
} from '../support/fault-proxy/fault.ts';
import { type Container, useFaultProxy } from '../support/fault-proxy/use-fault-proxy.ts';

/** Three limits of one item, so that each kind of cell meets each fault. */
const BUDGETS = [slidingWindow(5, 60_000), fixedWindow(5, 60_000), tokenBucket(5, 60_000, 5, 12_000)];
const request = (subject: string, onStoreFailure: 'allow' | 'deny') => [
  asked(subject, ...BUDGETS.map((budget) => charge(budget, { onStoreFailure }))),
];

const NOT_JSON = garble(() => '<html>Bad Gateway</html>');
const HALF = garble((body) => body.slice(0, body.length / 2));
const NO_NUMBER = garble((body) => body.replaceAll(/"N":"\d+"/g, '"N":"1.5e30"'));

/** Each fault that does not end by itself, the error it becomes, and the writes that one decision sends meanwhile. */
const FAULTS: readonly [name: string, fault: Fault, code: string, failure: string, writes: number][] = [
  ['ProvisionedThroughputExceededException', THROTTLED, 'HG302', 'throttled', 1],
  ['ThrottlingException', THROTTLED_BY_THE_API, 'HG302', 'throttled', 1],
  ['a server error', SERVER_ERROR, 'HG303', 'unavailable', 2],
  ['a table that is gone', NO_TABLE, 'HG303', 'unavailable', 1],
  ['a connection reset before the write', RESET, 'HG303', 'unavailable', 2],
  ['a connection reset after the write', LOST_ANSWER, 'HG303', 'unavailable', 2],
  ['an answer that is no JSON', NOT_JSON, 'HG303', 'unavailable', 1],
  ['half an answer', HALF, 'HG303', 'unavailable', 1],
  ['an item whose numbers are no counts', NO_NUMBER, 'HG310', 'unavailable', 1],
];

describe('the answer to a fault', () => {
  const world = useFaultProxy();
  let subject = '';
  let made = 0;
  beforeEach(() => {
    subject = `client:${made++}`;
    world.now = 1.8e12;
  });

  describe.each(FAULTS)('%s', (_name, fault, code, failure, writes) => {
    test.each(['allow', 'deny'] as const)('onStoreFailure: %s', async (answer) => {
      const { limiter, errors, timers } = world.container();
      world.proxy.standing = fault;
      const verdict = await limiter.decide(request(subject, answer));
      expect(verdict).toMatchObject({ allowed: answer === 'allow', failure, writes });
      expect(errors.map((error) => error.code)).toEqual([code]);
      expect(errors[0]!.message).not.toContain('arn:aws:secret');
      // Neither the deadline nor anything else goes on in the background.
      expect(timers.pending).toBe(0);
    });

    test('recovers without a restart, and lets no more through than the limit', async () => {
      const { limiter } = world.container();
      expect(await limiter.decide(request(subject, 'deny'))).toMatchObject({ allowed: true });
      world.proxy.standing = fault;
      expect((await limiter.decide(request(subject, 'deny'))).failure).toBe(failure);
      world.proxy.standing = { kind: 'none' };
      const verdicts: Verdict[] = [];
      for (let i = 0; i < 8; i++) verdicts.push(await limiter.decide(request(subject, 'deny')));
      expect(verdicts.map((verdict) => verdict.failure)).toEqual(Array(8).fill(undefined));
      const allowed = verdicts.filter((verdict) => verdict.allowed).length;
      // The write before the fault, and those whose answer was lost, are counted.
      expect(allowed).toBeLessThanOrEqual(4);
      expect(allowed).toBeGreaterThanOrEqual(4 - (['lost-answer', 'garble'].includes(fault.kind) ? writes : 0));
    });

    test('what is known to be denied stays denied', async () => {
      const { limiter } = world.container();
      for (let i = 0; i < 5; i++) await limiter.decide(request(subject, 'allow'));
      expect(await limiter.decide(request(subject, 'allow'))).toMatchObject({ allowed: false, writes: 0 });
      world.proxy.standing = fault;
      const seen = world.proxy.seen;
      expect(await limiter.decide(request(subject, 'allow'))).toMatchObject({ allowed: false, writes: 0 });
      expect(world.proxy.seen).toBe(seen);
    });
  });

  describe.each([
    ['before the write', STALL],
    ['after the write', STALL_ANSWER],
  ])('a store that is too slow, %s', (_name, fault) => {
    const stall = async ({ limiter, timers }: Container, ms: number, answer: 'allow' | 'deny') => {
      let verdict: Verdict | undefined;
      world.proxy.script(fault);
      const decision = limiter.decide(request(subject, answer)).then((given) => {
        verdict = given;
      });
      await world.proxy.stalled();
      await timers.pass(ms - 1);
      expect(verdict).toBeUndefined();
      await timers.pass(1);
      await decision;
      expect(timers.pending).toBe(0);
      world.proxy.release();
      return verdict;
    };

    test.each(['allow', 'deny'] as const)('is given up at the deadline; onStoreFailure: %s', async (answer) => {
      const container = world.container();
      const expected = { allowed: answer === 'allow', failure: 'deadline', writes: 1 };
      expect(await stall(container, 1000, answer)).toMatchObject(expected);
      expect(await stall(container, 150, answer)).toMatchObject(expected);
      expect(container.errors.map(({ code }) => code)).toEqual(['HG301', 'HG301']);
    });

    test('recovers, and at most one unit is counted for each answer that was not waited for', async () => {
      const container = world.container();
      await stall(container, 1000, 'deny');
      await stall(container, 150, 'deny');
      let allowed = 0;
      for (let i = 0; i < 8; i++) if ((await container.limiter.decide(request(subject, 'deny'))).allowed) allowed++;
      expect(allowed).toBeLessThanOrEqual(5);
      expect(allowed).toBeGreaterThanOrEqual(5 - 2);
    });
  });

  test('an answer just inside the deadline counts', async () => {
    const { limiter, timers } = world.container();
    world.proxy.script(STALL_ANSWER);
    const decision = limiter.decide(request(subject, 'deny'));
    await world.proxy.stalled();
    await timers.pass(999);
    world.proxy.release();
    expect(await decision).toMatchObject({ allowed: true, writes: 1 });
    expect(timers.pending).toBe(0);
  });

  test('connections that were closed while the container was frozen: sent again, counted once', async () => {
    const { limiter } = world.container();
    expect((await limiter.decide(request(subject, 'deny'))).limits[0]).toMatchObject({ remaining: 4 });
    // The reset and the next request fall into one turn: the client cannot know of it when it writes.
    expect(world.proxy.resetIdle()).toBeGreaterThan(0);
    const verdict = await limiter.decide(request(subject, 'deny'));
    expect(verdict).toMatchObject({ allowed: true, writes: 2 });
    expect(verdict.failure).toBeUndefined();
    expect(verdict.limits[0]).toMatchObject({ remaining: 3 });
  });

  test('an answer that is lost costs one unit: the second try is decided', async () => {
    const { limiter } = world.container();
    world.proxy.script(LOST_ANSWER);
    const verdict = await limiter.decide(request(subject, 'deny'));
    expect(verdict).toMatchObject({ allowed: true, writes: 2 });
    expect(verdict.limits.map(({ remaining }) => remaining)).toEqual([3, 3, 3]);
  });

  test('the last unit, its answer lost: denied, never one too many', async () => {
    const { limiter } = world.container();
    for (let i = 0; i < 4; i++) await limiter.decide(request(subject, 'allow'));
    world.proxy.script(LOST_ANSWER);
    const verdict = await limiter.decide(request(subject, 'allow'));
    expect(verdict).toMatchObject({ allowed: false });
    expect(verdict.failure).toBeUndefined();
  });

  test.each(['allow', 'deny'] as const)(
    'an item of a newer format is left as it is; onStoreFailure: %s',
    async (answer) => {
      const newer = { v: 2, exp: 2_000_000_000, saw: 7 };
      await world.putItem(subject, newer);
      const { limiter, errors } = world.container();
      expect(await limiter.decide(request(subject, answer))).toMatchObject({
        allowed: answer === 'allow',
        failure: 'unavailable',
        writes: 1,
      });
      expect(errors.map(({ code }) => code)).toEqual(['HG307']);
      expect(await world.item(subject)).toEqual(newer);
      await world.deleteItem(subject);
      expect(await limiter.decide(request(subject, answer))).toMatchObject({ allowed: true, writes: 1 });
    },
  );

  test.each(['allow', 'deny'] as const)(
    'an item that holds no counts in the table itself; onStoreFailure: %s',
    async (answer) => {
      await world.putItem(subject, { v: 1, saw: 1, 'saw+': 0.5 });
      const { limiter, errors } = world.container();
      for (let i = 0; i < 10; i++) {
        const verdict = await limiter.decide(request(subject, answer));
        expect(verdict).toMatchObject({ allowed: answer === 'allow', failure: 'unavailable' });
      }
      expect(new Set(errors.map(({ code }) => code))).toEqual(new Set(['HG310']));
      // It is one item's fault: nobody else waits for the breaker.
      expect(await limiter.decide(request(`${subject}:neighbour`, answer))).toMatchObject({ allowed: true, writes: 1 });
    },
  );
});
