import type { RejectionRecord } from '../../lambda/authorizer/rejection-log.ts';
import { BlockList } from '../../lambda/identity/block-list.ts';
import type { Block } from '../../lambda/identity/registry-reader.ts';
import { Limiter, StoreError } from '../../lambda/limiter/index.ts';
import { createOwnAuthorizer, type WithRateLimitOptions } from '../../lambda/own-authorizer/own-authorizer.ts';
import { policyFromYaml } from '../../lambda/policy/index.ts';
import type { MetricName } from '../../lambda/signals/metric-names.ts';
import { memoryStore } from '../../lambda/store/memory.ts';
import { httpEvent, restEvent } from '../authorizer/world.ts';

const POLICY = `
tiers: [free, gold]
limits:
  knock: { per: address, rate: 5/minute }
  client: { per: client, rate: { free: 2/minute, gold: 4/minute } }
exempt:
  - address: 192.0.2.0/24
`;
const ARN = 'arn:aws:execute-api:eu-west-1:123456789012:api1/prod/GET/notes';

// biome-ignore lint/suspicious/noExplicitAny: answers of several kinds.
type Anything = any;

function world(text: string = POLICY) {
  const policy = policyFromYaml(text);
  const store = memoryStore();
  const blocked: Block[] = [];
  const state = {
    now: 1_800_000_000_000,
    down: false,
    broken: false,
    writes: [] as string[],
    metrics: [] as MetricName[][],
    rejections: [] as RejectionRecord[],
    faults: [] as unknown[],
    runs: 0,
  };
  const clock = () => state.now;
  const limiter = new Limiter({
    clock,
    store: {
      async update(subject, write, options) {
        if (state.broken) throw new TypeError('a fault');
        if (state.down) throw new StoreError('HG303', 'unavailable', 'down');
        state.writes.push(subject);
        return store.update(subject, write, options);
      },
    },
  });
  const blocks = new BlockList({ registry: { blocks: async () => blocked }, clock });
  const own = createOwnAuthorizer(() => ({
    policy,
    limiter,
    blocks,
    clock,
    onFault: (error) => state.faults.push(error),
    metrics: { record: (names) => state.metrics.push([...names]) },
    log: (rejection) => state.rejections.push(rejection),
  }));
  /** The user's authorizer: a header names the user; nobody is refused in three ways. */
  const wrap = (options: WithRateLimitOptions<Anything, Anything> = {}, refuse: 'throw' | 'deny' = 'throw') =>
    own.withRateLimit(async (event: Anything, _context: unknown): Promise<Anything> => {
      state.runs++;
      const user = event.headers?.user ?? event.authorizationToken;
      if (!user) {
        if (event.version === '2.0') return { isAuthorized: false };
        if (refuse === 'throw') throw new Error('Unauthorized');
        return policyAnswer('nobody', 'Deny');
      }
      if (user === 'boom') throw new Error('a fault of theirs');
      const context = { userId: user, plan: 'gold' };
      if (event.version === '2.0') return { isAuthorized: true, context };
      return { ...policyAnswer(user, 'Allow'), context };
    }, options);
  const custom = (answer: () => Promise<Anything>, options: WithRateLimitOptions<Anything, Anything> = {}) =>
    own.withRateLimit((_event: Anything, _context: unknown) => answer(), options);
  const block = async (subject: string) => {
    blocked.push({ subject });
    await blocks.load();
  };
  return Object.assign(state, { limit: own.limit, wrap, custom, block });
}

const policyAnswer = (principalId: string, Effect: 'Allow' | 'Deny') => ({
  principalId,
  policyDocument: { Version: '2012-10-17', Statement: [{ Effect, Action: 'execute-api:Invoke', Resource: ARN }] },
});
const rest = (user?: string, ip = '198.51.100.7'): Anything => {
  const event = restEvent({ ip }) as Anything;
  return { ...event, methodArn: ARN, headers: { ...event.headers, ...(user && { user }) } };
};
const http = (user?: string, ip = '198.51.100.7'): Anything => {
  const event = httpEvent({ ip }) as Anything;
  return { ...event, headers: { ...event.headers, ...(user && { user }) } };
};
const effectOf = (answer: Anything) => answer.policyDocument.Statement[0].Effect;

describe('withRateLimit on a REST API', () => {
  test('its answer and its own context arrive, with the verdict beside them', async () => {
    const { wrap, writes, metrics } = world();
    const answer = await wrap({ tierOf: (one) => one.context.plan })(rest('anna'), {});
    expect(answer).toEqual({
      ...policyAnswer('anna', 'Allow'),
      context: {
        userId: 'anna',
        plan: 'gold',
        verdict: 'allowed',
        tier: 'gold',
        client: 'authorizer:anna',
        limit: '4',
        remaining: '3',
        reset: '1800000066',
        limitName: 'client',
      },
    });
    expect(writes).toEqual(['address:198.51.100.7', 'client:authorizer:anna']);
    expect(metrics).toEqual([['Allowed']]);
  });

  test('a client over its limit gets an explicit Deny with the verdict, and its address is not charged for it', async () => {
    const w = world();
    const call = w.wrap();
    for (let i = 0; i < 2; i++) expect(effectOf(await call(rest('anna'), {}))).toBe('Allow');
    w.writes.length = 0;
    for (let i = 0; i < 20; i++) {
      const answer = await call(rest('anna'), {});
      expect(effectOf(answer)).toBe('Deny');
      expect(answer).toMatchObject({
        principalId: 'anna',
        context: { userId: 'anna', verdict: 'limited', limitName: 'client', retryAfter: '66' },
      });
    }
    // One unit of the address was taken, and then used again as a credit.
    expect(w.writes).toEqual(['address:198.51.100.7']);
    expect(effectOf(await call(rest('ben'), {}))).toBe('Allow');
    expect(w.rejections).toHaveLength(20);
    expect(w.rejections[0]).toMatchObject({ event: 'limited', limit: 'client', clientId: 'authorizer:anna' });
  });

  test('an address over its limit is turned away before the authorizer runs', async () => {
    const w = world();
    const call = w.wrap();
    for (let i = 0; i < 5; i++) await call(rest(`user-${i}`), {});
    const answer = await call(rest('carol'), {});
    expect(w.runs).toBe(5);
    expect(effectOf(answer)).toBe('Deny');
    expect(answer.context).toMatchObject({ verdict: 'limited', limitName: 'knock', remaining: '0' });
    expect(effectOf(await call(rest('carol', '198.51.100.8'), {}))).toBe('Allow');
  });

  test.each(['throw', 'deny'] as const)('who is refused (%s) may not go on guessing', async (how) => {
    const w = world();
    const call = w.wrap({}, how);
    const refused = async () => {
      try {
        return effectOf(await call(rest(), {}));
      } catch (error) {
        return (error as Error).message;
      }
    };
    const answers = [];
    for (let i = 0; i < 4; i++) answers.push(await refused());
    const theirs = how === 'throw' ? 'Unauthorized' : 'Deny';
    // The limit `client` counts who proves nothing as its address, with the first tier's two a minute.
    expect(answers).toEqual([theirs, theirs, 'Deny', 'Deny']);
    expect(w.metrics).toEqual([['Unauthorized'], ['Unauthorized'], ['Limited'], ['Limited']]);
  });

  test('an error that is no 401 goes on as it is', async () => {
    const w = world();
    await expect(w.wrap()(rest('boom'), {})).rejects.toThrow('a fault of theirs');
    expect(w.metrics).toEqual([]);
  });

  test('blocked: 401, by address before it runs and by client after', async () => {
    const w = world();
    await w.block('address:198.51.100.66');
    await w.block('client:authorizer:mallory');
    await expect(w.wrap()(rest('anna', '198.51.100.66'), {})).rejects.toThrow(/^Unauthorized$/);
    expect(w.runs).toBe(0);
    await expect(w.wrap()(rest('mallory'), {})).rejects.toThrow(/^Unauthorized$/);
    expect(w.metrics).toEqual([['Unauthorized'], ['Unauthorized']]);
  });

  test('exempt addresses are not limited', async () => {
    const w = world();
    for (let i = 0; i < 9; i++) expect(effectOf(await w.wrap()(rest('anna', '192.0.2.4'), {}))).toBe('Allow');
    expect(w.writes).toEqual([]);
  });

  test('where the policy exempts clients nobody is denied before it is known, and nobody charged twice', async () => {
    const w = world(`${POLICY}  - client: authorizer:monitor\n`);
    const call = w.wrap();
    for (let i = 0; i < 9; i++) expect(effectOf(await call(rest('monitor'), {}))).toBe('Allow');
    expect(w.writes).toEqual([]);
    await call(rest('anna'), {});
    expect(w.writes).toEqual(['address:198.51.100.7', 'client:authorizer:anna']);
  });

  test("TOKEN: by client and by the ARN's route; those of whom nobody knows the address share no budget", async () => {
    const w = world(`${POLICY}`.replace('per: client,', 'per: client, routes: ["GET /notes"],'));
    const call = w.wrap();
    const event = (token: string, path = 'notes'): Anything => ({
      type: 'TOKEN',
      authorizationToken: token,
      methodArn: ARN.replace(/notes$/, path),
    });
    const effects = [];
    for (let i = 0; i < 3; i++) effects.push(effectOf(await call(event('anna'), {})));
    expect(effects).toEqual(['Allow', 'Allow', 'Deny']);
    for (let i = 0; i < 9; i++) expect(effectOf(await call(event('anna', 'other'), {}))).toBe('Allow');
    for (let i = 0; i < 9; i++) await expect(call(event(''), {})).rejects.toThrow('Unauthorized');
    expect(new Set(w.writes)).toEqual(new Set(['client:authorizer:anna']));
  });

  test('whatever the authorizer names in its context stays, unless the request is turned away', async () => {
    const w = world();
    const context = { verdict: 'theirs', limit: 'theirs' };
    const call = w.custom(async () => ({ ...policyAnswer('anna', 'Allow'), context }));
    for (let i = 0; i < 2; i++) {
      expect((await call(rest('anna'), {})).context).toMatchObject({
        verdict: 'theirs',
        limit: 'theirs',
        tier: 'free',
      });
    }
    expect((await call(rest('anna'), {})).context).toMatchObject({ verdict: 'limited', limit: '2' });
  });
});

describe('withRateLimit on an HTTP API', () => {
  const options = { clientOf: (answer: Anything) => answer.context.userId };

  test('simple responses: the own context and the verdict; limited is 403', async () => {
    const w = world();
    const call = w.wrap(options);
    const first = await call(http('anna'), {});
    expect(first).toMatchObject({
      isAuthorized: true,
      context: { userId: 'anna', verdict: 'allowed', remaining: '1' },
    });
    await call(http('anna'), {});
    const limited = await call(http('anna'), {});
    expect(limited).toMatchObject({ isAuthorized: false, context: { userId: 'anna', verdict: 'limited' } });
  });

  test('deny: middleware lets through who is known, for the 429 of the backend, and nobody else', async () => {
    const w = world();
    const call = w.wrap({ ...options, deny: 'middleware' });
    for (let i = 0; i < 2; i++) await call(http('anna'), {});
    expect(await call(http('anna'), {})).toMatchObject({
      isAuthorized: true,
      context: { verdict: 'limited', userId: 'anna' },
    });
    for (let i = 0; i < 5; i++) await call(http(`user-${i}`, '198.51.100.9'), {});
    expect(await call(http('carol', '198.51.100.9'), {})).toMatchObject({ isAuthorized: false });
    const refused = await call(http(undefined, '198.51.100.10'), {});
    expect(refused).toEqual({ isAuthorized: false });
  });

  test('policies, where the authorizer is not set to simple responses', async () => {
    const w = world();
    const call = w.custom(async () => policyAnswer('anna', 'Allow'), { simpleResponses: false });
    for (let i = 0; i < 2; i++) expect(effectOf(await call(http('anna'), {}))).toBe('Allow');
    expect(await call(http('anna'), {})).toMatchObject({ principalId: 'anna', context: { verdict: 'limited' } });
    expect(effectOf(await call(http('anna'), {}))).toBe('Deny');
  });

  test('without `clientOf` a simple response names nobody: the address counts', async () => {
    const w = world();
    await w.wrap()(http('anna'), {});
    expect(new Set(w.writes)).toEqual(new Set(['address:198.51.100.7']));
  });
});

describe('limit by hand', () => {
  test('before and after are one verdict, each limit once', async () => {
    const w = world();
    const event = rest('anna');
    const early = await w.limit(event);
    expect(early).toMatchObject({ allowed: true, context: { limitName: 'knock', remaining: '4' } });
    await w.limit(event);
    const late = await w.limit(event, { client: 'anna', tier: 'gold' });
    expect(late.verdict?.limits.map(({ name, remaining }) => [name, remaining])).toEqual([
      ['knock', 4],
      ['client', 3],
    ]);
    expect(await w.limit(event, { client: 'anna', tier: 'gold' })).toMatchObject({ context: { remaining: '3' } });
    expect(w.writes).toEqual(['address:198.51.100.7', 'client:authorizer:anna']);
  });

  test('at once, with one call', async () => {
    const w = world();
    const { verdict } = await w.limit(http('anna'), { client: 'anna' });
    expect(verdict).toMatchObject({ allowed: true, writes: 2 });
  });

  test('turned away: what to return', async () => {
    const w = world();
    for (let i = 0; i < 2; i++) await w.limit(http(), { client: 'anna' });
    const limited = await w.limit(http(), { client: 'anna' });
    expect(limited.turnAway()).toMatchObject({ isAuthorized: false, context: { verdict: 'limited' } });
    const denied = await w.limit(rest(), { client: 'anna' });
    expect(effectOf(denied.turnAway())).toBe('Deny');
  });
});

describe('what fails', () => {
  test('the counters: by onStoreFailure', async () => {
    const w = world();
    w.down = true;
    expect(effectOf(await w.wrap()(rest('anna'), {}))).toBe('Allow');
    expect(w.metrics).toEqual([['StoreErrors', 'Allowed', 'FailedOpen']]);
    const closed = world(POLICY.replace('rate: 5/minute', 'rate: 5/minute, onStoreFailure: deny'));
    closed.down = true;
    expect(effectOf(await closed.wrap()(rest('anna'), {}))).toBe('Deny');
    expect(closed.runs).toBe(0);
  });

  test('something that should not: the same, and told', async () => {
    const w = world();
    w.broken = true;
    expect(effectOf(await w.wrap()(rest('anna'), {}))).toBe('Allow');
    expect(w.faults.length).toBeGreaterThan(0);
  });

  test('`clientOf` and `tierOf` that cannot read the answer: the address counts, and it is told', async () => {
    const w = world();
    const userOf = (answer: Anything) => answer.context.userId.trim();
    const call = w.custom(async () => policyAnswer('anna', 'Allow'), { clientOf: userOf, tierOf: userOf });
    const answers = [];
    for (let i = 0; i < 3; i++) answers.push(effectOf(await call(rest('anna'), {})));
    expect(answers).toEqual(['Allow', 'Allow', 'Deny']);
    expect(w.faults).toEqual(Array(6).fill(expect.any(TypeError)));
  });

  test.each([[undefined], [null], ['text'], [{}], [{ version: '2.0' }], [{ type: 'TOKEN' }], [{ headers: 7 }]])(
    'an event %j does no harm',
    async (event) => {
      const w = world();
      const call = w.custom(async () => policyAnswer('anna', 'Allow'));
      expect(await call(event as Anything, {})).toBeDefined();
    },
  );

  test.each([[undefined], [null], ['yes'], [{}], [{ policyDocument: 7 }]])(
    'an answer %j is a refusal',
    async (answer) => {
      const w = world();
      expect(await w.custom(async () => answer as Anything)(rest('anna'), {})).toEqual(answer);
    },
  );
});
