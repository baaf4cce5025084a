import { hashKey } from '../../lambda/identity/api-key.ts';
import { type Answer, createWorld, httpEvent, KEYS, policyOf, restEvent } from '../authorizer/world.ts';
import { seeded } from '../properties/random.ts';
import { garbage, placesOf } from './garbage.ts';

const policy = (more = '') =>
  policyOf(`
${more}
identify:
  - apiKey: x-api-key
tiers: [free, gold]
address:
  header: x-forwarded-for
  trusted: [198.51.100.0/24, 203.0.113.7]
limits:
  sign-in:
    per: address
    routes: [POST /login]
    rate: 5/minute
  client:
    per: client
    rate: { free: 60/minute, gold: 1000/minute }
    algorithm: token-bucket
    burst: { free: 60, gold: 100 }
  reports:
    per: route
    routes: [GET /reports/*]
    rate: 600/minute
    cost: { GET /reports/big: 5 }
exempt:
  - address: 192.0.2.0/24
`);

const KINDS = {
  REST: () =>
    restEvent({
      method: 'POST',
      path: '/login',
      resource: '/{proxy+}',
      parameters: { proxy: 'login' },
      key: KEYS.acme,
    }),
  HTTP: () => httpEvent({ path: '/reports/big', routeKey: '$default', stage: 'prod', key: KEYS.acme }),
};
const EVENTS = 25_000;

/** An event with up to four members replaced, removed or added. */
function spoilt(event: object, random: () => number): unknown {
  if (random() < 0.03) return garbage(random);
  for (let i = Math.floor(random() * 4); i >= 0; i--) {
    const places = placesOf(event);
    const [owner, key] = places[Math.floor(random() * places.length)]!;
    const what = random();
    if (what < 0.1) delete owner[key];
    // An event comes from JSON: no list has holes.
    else if (Array.isArray(owner)) owner.push(garbage(random));
    else if (what < 0.2) owner[JSON.stringify(garbage(random) ?? 'none').slice(1, 200)] = garbage(random);
    else owner[key] = garbage(random);
    if (placesOf(event).length === 0) break;
  }
  return event;
}

/** What API Gateway takes for an answer; anything else would be a 500. */
function problemOf(answer: Answer, kind: string): string | undefined {
  if (answer.policyDocument) {
    const { Effect, Resource } = answer.policyDocument.Statement[0]!;
    if (Effect !== 'Allow' && Effect !== 'Deny') return `effect ${Effect}`;
    if (Effect === 'Allow' && !/^arn:[a-z-]+:execute-api:[a-z0-9-]+:\d{12}:\w+\/[\w$-]+\/[A-Z]+\/\*$/.test(Resource)) {
      return `allows ${Resource}`;
    }
    if (!/^[\x20-\x7e]{1,256}$/.test(answer.principalId ?? '')) return `principal ${answer.principalId}`;
  } else if (typeof answer.isAuthorized !== 'boolean') return `no answer to a ${kind} event`;
  const values = Object.values(answer.context);
  const wrong = values.find((value) => typeof value !== 'string' || !/^[\x20-\x7e]{0,400}$/.test(value));
  return wrong === undefined ? undefined : `context ${wrong}`;
}

describe.each(Object.entries(KINDS))('%s events, 25,000 spoilt ones', (kind, event) => {
  test('each is answered, none is a fault, no key is written down', async () => {
    const random = seeded(kind.length * 7919);
    const world = createWorld(policy());
    const verdicts: Record<string, number> = {};
    const problems: string[] = [];
    for (let i = 0; i < EVENTS; i++) {
      world.now += 7;
      world.storeDown = i % 10 === 3;
      world.registryDown = i % 10 === 7;
      const given = spoilt(event(), random);
      const answer = await world.call(given);
      const problem = problemOf(answer, kind);
      if (problem !== undefined) problems.push(problem);
      const verdict = answer.context.verdict ?? 'none';
      verdicts[verdict] = (verdicts[verdict] ?? 0) + 1;
      if (world.rejections.length > 500) check(world);
    }
    check(world);
    expect(problems).toEqual([]);
    expect(world.faults).toEqual([]);
    expect(Object.keys(verdicts).sort()).toEqual(['allowed', 'limited']);
    expect(verdicts.allowed).toBeGreaterThan(EVENTS / 100);
    expect(verdicts.limited).toBeGreaterThan(EVENTS / 100);
    expect(({} as Record<string, unknown>).polluted).toBeUndefined();
  }, 60_000);

  /** Only what the policy and the registry name, the address and the request's place may be said of a request. */
  function check(world: ReturnType<typeof createWorld>): void {
    const text = JSON.stringify([world.rejections, world.metrics]);
    for (const key of Object.values(KEYS)) {
      if (text.includes(key) || text.includes(hashKey(key))) throw new Error('a key in the log');
    }
    const lines = world.rejections.map((line) => JSON.stringify(line));
    expect(lines.filter((line) => line.length > 2000)).toEqual([]);
    world.rejections.length = 0;
    world.metrics.length = 0;
    world.writes.length = 0;
    world.lookUps.length = 0;
  }
});

test('under `anonymous: reject` a spoilt event is an answer, 401, or 500 while the registry is down; never let in', async () => {
  const random = seeded(5);
  const world = createWorld(policy('anonymous: reject'));
  for (let i = 0; i < 5000; i++) {
    world.now += 7;
    world.registryDown = i % 10 === 7;
    const kind = i % 2 === 0 ? 'REST' : 'HTTP';
    const outcome = await world.call(spoilt(KINDS[kind](), random)).then(
      (answer) => problemOf(answer, kind) ?? 'answered',
      (error: Error) => error.message,
    );
    expect(outcome).toMatch(world.registryDown ? /^(answered|Unauthorized|HG332.*)$/ : /^(answered|Unauthorized)$/);
  }
  expect(world.faults).toEqual([]);
}, 60_000);
