import fc from 'fast-check';
import { createAuthorizer } from '../../lambda/authorizer/authorizer.ts';
import { describeFault } from '../../lambda/authorizer/describe-fault.ts';
import { createGate } from '../../lambda/authorizer/gate.ts';
import { hashKey } from '../../lambda/identity/api-key.ts';
import type { Policy } from '../../lambda/policy/policy.ts';
import { type Answer, createWorld, httpEvent, KEYS, policyOf, restEvent } from './world.ts';

const yaml = `
identify:
  - apiKey: x-api-key
tiers: [free, gold]
address:
  header: x-forwarded-for
  trusted: [198.51.100.0/24]
limits:
  sign-in:
    per: address
    routes: [POST /login]
    rate: 5/minute
  client:
    per: client
    rate: { free: 60/minute, gold: 1000/minute }
  reports:
    per: route
    routes: [GET /reports/*]
    rate: 600/minute
    cost: { GET /reports/big: 5 }
`;
const open = policyOf(yaml);

/** Values that members of an event are replaced by. */
const rubbish = fc.oneof(
  fc.anything({ maxDepth: 2 }),
  fc.string({ unit: 'binary', maxLength: 300 }),
  fc.constantFrom(
    'x'.repeat(20_000),
    '__proto__',
    'constructor',
    '\r\nSet-Cookie: a=b',
    '%',
    '%00',
    '/..%2f..',
    '../..',
    '*',
  ),
);
/** An event with some members replaced, however deep. */
const spoilt = (event: object) =>
  fc.array(fc.tuple(fc.integer({ min: 0, max: 60 }), rubbish), { maxLength: 4 }).map((changes) => {
    const copy = structuredClone(event);
    const places = placesOf(copy);
    for (const [at, value] of changes) {
      const [owner, key] = places[at % places.length]!;
      owner[key] = value;
    }
    return copy;
  });
function placesOf(value: object): [Record<string, unknown>, string][] {
  return Object.entries(value).flatMap(([key, member]) => [
    [value as Record<string, unknown>, key] as [Record<string, unknown>, string],
    ...(typeof member === 'object' && member !== null ? placesOf(member) : []),
  ]);
}
const events = fc.oneof(
  spoilt(
    restEvent({
      method: 'POST',
      path: '/login',
      resource: '/{proxy+}',
      parameters: { proxy: 'login' },
      key: KEYS.acme,
    }),
  ),
  spoilt(httpEvent({ method: 'GET', path: '/reports/big', routeKey: '$default', stage: 'prod', key: KEYS.acme })),
  rubbish,
);

function check(answer: Answer): void {
  if (answer.policyDocument) {
    const [statement] = answer.policyDocument.Statement;
    expect(['Allow', 'Deny']).toContain(statement!.Effect);
    expect(statement!.Resource).toMatch(/^(\*|arn:aws:execute-api:us-east-1:123456789012:abc123\/prod\/[A-Z]+\/\*)$/);
    if (statement!.Resource === '*') expect(statement!.Effect).toBe('Deny');
    expect(answer.principalId).toMatch(/^[\x20-\x7e]{1,256}$/);
  } else expect(typeof answer.isAuthorized).toBe('boolean');
  for (const value of Object.values(answer.context)) expect(value).toMatch(/^[\x20-\x7e]{0,400}$/);
}

describe('hostile events', () => {
  test('never make the authorizer throw, and never a fault', async () => {
    const world = createWorld(open);
    await fc.assert(
      fc.asyncProperty(events, async (event) => {
        world.now += 1000;
        check(await world.call(event));
      }),
      { numRuns: 500 },
    );
    expect(world.faults).toEqual([]);
  });

  test('not while counters and registry are down either, where failing is open', async () => {
    const world = createWorld(open);
    world.storeDown = true;
    world.registryDown = true;
    await fc.assert(
      fc.asyncProperty(events, async (event) => {
        world.now += 1000;
        const answer = await world.call(event);
        check(answer);
        expect(answer.context.verdict).toBe('allowed');
      }),
      { numRuns: 300 },
    );
  });

  test('a key is in no answer, log line, metric or error, nor is its hash', async () => {
    const world = createWorld(policyOf(`anonymous: reject\n${yaml}`));
    const keys = fc.string({
      unit: fc.constantFrom(...'abcdefghijklmnopqrstuvwxyz0123456789'),
      minLength: 24,
      maxLength: 60,
    });
    await fc.assert(
      fc.asyncProperty(keys, fc.boolean(), fc.boolean(), async (key, isKnown, isDown) => {
        world.now += 61_000;
        world.registryDown = isDown;
        if (isKnown) world.clients.set(hashKey(key), { client: 'carol', tier: 'free' });
        const said: unknown[] = [];
        for (const event of [restEvent({ key }), httpEvent({ key })]) {
          said.push(await world.call(event).catch((error) => [String(error), describeFault(error), error.stack]));
        }
        const all = JSON.stringify([said, world.rejections, world.metrics, world.writes]);
        expect(all).not.toContain(key);
        expect(all).not.toContain(hashKey(key));
      }),
      { numRuns: 60 },
    );
  });
});

describe('a fault in the gate itself', () => {
  const broken = (policy: Policy) => {
    const faults: unknown[] = [];
    const fail = () => {
      throw new TypeError('secret detail');
    };
    const gate = createGate({
      policy,
      limiter: { decide: fail, deniedByBelief: fail },
      clients: { lookUp: async () => ({ kind: 'unknown' }) },
      blocks: { address: () => undefined, client: () => undefined, refresh: () => {} },
      clock: () => 1e12,
      onFault: (error) => faults.push(error),
    });
    const metrics: string[][] = [];
    const record = (names: readonly string[]) => metrics.push([...names]);
    const authorizer = createAuthorizer({
      gate,
      softDenyApis: new Set(),
      metrics: { record },
      log: () => {},
      clock: () => 1e12,
    });
    return { faults, metrics, call: (event: unknown) => authorizer(event) as Promise<Answer> };
  };

  test('is answered by the limits: open', async () => {
    const world = broken(open);
    const answer = await world.call(restEvent());
    expect(answer.policyDocument!.Statement[0]!.Effect).toBe('Allow');
    expect(answer.context).toEqual({ verdict: 'allowed', tier: 'free' });
    expect(world.metrics).toEqual([['StoreErrors', 'Allowed', 'FailedOpen']]);
    expect(world.faults).toHaveLength(1);
  });
  test('is answered by the limits: closed, on the routes that say so', async () => {
    const world = broken(policyOf(yaml.replace('rate: 5/minute', 'rate: 5/minute\n    onStoreFailure: deny')));
    const denied = await world.call(restEvent({ method: 'POST', path: '/login' }));
    expect(denied.policyDocument!.Statement[0]!.Effect).toBe('Deny');
    expect(denied.context).toMatchObject({
      verdict: 'limited',
      limitName: 'sign-in',
      limit: '5',
      remaining: '0',
      retryAfter: '1',
    });
    expect((await world.call(restEvent())).context.verdict).toBe('allowed');
    expect(world.metrics).toEqual([
      ['StoreErrors', 'FailedClosed'],
      ['StoreErrors', 'Allowed', 'FailedOpen'],
    ]);
  });
  test('does not enforce what is in shadow mode', async () => {
    const world = broken(
      policyOf(yaml.replace('rate: 5/minute', 'rate: 5/minute\n    mode: shadow\n    onStoreFailure: deny')),
    );
    const { context } = await world.call(restEvent({ method: 'POST', path: '/login' }));
    expect(context.verdict).toBe('allowed');
  });
  test('lets nobody in without the identity that the policy demands', async () => {
    const world = broken(policyOf(`anonymous: reject\n${yaml}`));
    await expect(world.call(restEvent({ key: KEYS.acme }))).rejects.toThrow('HG332');
  });
  test('is described by its kind, without what it says', () => {
    const described = describeFault(new TypeError('secret detail'));
    expect(described.problem).toBe('TypeError');
    expect(JSON.stringify(described)).not.toContain('secret');
    expect(describeFault('secret')).toEqual({ problem: 'unknown error' });
  });
});
