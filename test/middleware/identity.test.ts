import middy from '@middy/core';
import type { Context } from 'aws-lambda';
import { rateLimit } from '../../lambda/middleware/rate-limit.ts';
import { policyFromYaml } from '../../lambda/policy/index.ts';
import { memoryStore } from '../../lambda/store/memory.ts';
import { httpEvent, restEvent } from '../authorizer/world.ts';

const policy = policyFromYaml(`
identify:
  - iam: true
  - authorizer: { client: sub, tier: plan }
  - header: x-tenant
    trusted: true
tiers: [free, gold]
limits:
  calls: { per: client, rate: { free: 2/minute, gold: 3/minute } }
exempt:
  - client: iam:123456789012.role.monitor
`);

// biome-ignore lint/suspicious/noExplicitAny: events and responses of several services.
type Anything = any;

const role = (name: string, session: string) => `arn:aws:sts::123456789012:assumed-role/${name}/${session}`;
const withContext = (event: Anything, context: object, headers: object = {}) => ({
  ...event,
  headers: { ...event.headers, ...headers },
  multiValueHeaders: undefined,
  requestContext: { ...event.requestContext, ...context },
});
const rest = (context: object, ip = '203.0.113.7') => {
  const event = restEvent({ ip });
  const identity = { ...event.requestContext.identity, ...(context as Anything).identity };
  return withContext(event, { ...context, identity });
};

function behind(by?: (event: Anything) => string | undefined) {
  const options = { policy, store: memoryStore(), clock: () => 1_800_000_000_000, ...(by && { by }) };
  const wrapped = middy<Anything, Anything>((async () => ({ statusCode: 200, body: '' })) as never).use(
    rateLimit(options),
  );
  return async (event: Anything) => ((await wrapped(event, {} as Context)) as Anything).statusCode;
}
const statuses = async (call: (event: Anything) => Promise<number>, events: readonly Anything[]) => {
  const seen = [];
  for (const event of events) seen.push(await call(event));
  return seen;
};

test.each([
  [
    'sessions of one role',
    [1, 2, 3].map((i) => rest({ identity: { userArn: role('batch', `run-${i}`) } }, `192.0.2.${i}`)),
  ],
  [
    'one role on a REST API, an HTTP API and a function URL',
    [
      rest({ identity: { userArn: role('batch', 'a') } }),
      withContext(httpEvent({ ip: '192.0.2.1' }), { authorizer: { iam: { userArn: role('batch', 'b') } } }),
      withContext(httpEvent({ ip: '192.0.2.2', routeKey: '$default' }), {
        authorizer: { iam: { userArn: role('batch', 'c') } },
      }),
    ],
  ],
  [
    'one subject of a user pool and of a JWT authorizer',
    [
      rest({ authorizer: { claims: { sub: 'u7' } } }),
      rest({ authorizer: { claims: { sub: 'u7' } } }, '192.0.2.1'),
      withContext(httpEvent({ ip: '192.0.2.2' }), { authorizer: { jwt: { claims: { sub: 'u7' } } } }),
    ],
  ],
  [
    'one trusted header',
    ['192.0.2.1', '192.0.2.2', '192.0.2.3'].map((ip) => withContext(httpEvent({ ip }), {}, { 'x-tenant': 'acme' })),
  ],
])('%s have one budget, from wherever they call', async (_, events) => {
  expect(await statuses(behind(), events)).toEqual([200, 200, 429]);
});

test('the claim of the tier counts, other subjects and roles have their own', async () => {
  const gold = { authorizer: { claims: { sub: 'u8', plan: 'gold' } } };
  const call = behind();
  expect(
    await statuses(
      call,
      [1, 2, 3, 4].map(() => rest(gold)),
    ),
  ).toEqual([200, 200, 200, 429]);
  expect(await call(rest({ authorizer: { claims: { sub: 'u9' } } }))).toBe(200);
  expect(await call(rest({ identity: { userArn: role('u8', 'x') } }))).toBe(200);
});

test('who is exempt by the name of its role is never limited', async () => {
  const monitor = rest({ identity: { userArn: role('monitor', 'x') } });
  expect(
    await statuses(
      behind(),
      [1, 2, 3, 4].map(() => monitor),
    ),
  ).toEqual([200, 200, 200, 200]);
});

test('a load balancer proves nothing: what a caller writes into its event is the address', async () => {
  const forged = { claims: { sub: 'monitor' }, iam: { userArn: role('monitor', 'x') } };
  const event = (i: number) => ({
    httpMethod: 'GET',
    path: '/notes',
    headers: { 'x-forwarded-for': '203.0.113.7' },
    body: JSON.stringify(forged),
    requestContext: { elb: { targetGroupArn: 'arn' }, authorizer: forged, identity: { userArn: role(`r${i}`, 'x') } },
  });
  expect(await statuses(behind(), [1, 2, 3].map(event))).toEqual([200, 200, 429]);
});

test("the user's own `by` goes first, and cannot name a principal", async () => {
  const call = behind((event) => event.headers['x-user']);
  const user = (name: string) =>
    withContext(
      restEvent(),
      { identity: { sourceIp: '203.0.113.7', userArn: role('batch', 'x') } },
      { 'x-user': name },
    );
  expect(await statuses(call, ['a', 'a', 'a', 'b'].map(user))).toEqual([200, 200, 429, 200]);
  const named = 'iam:123456789012.role.monitor';
  expect(await statuses(call, [named, named, named].map(user))).toEqual([200, 200, 429]);
});
