import { type ChildProcess, spawn } from 'node:child_process';
import { once } from 'node:events';
import path from 'node:path';
import { createInterface } from 'node:readline';
import { policyFromYaml } from '../../lambda/policy/index.ts';
import { createLimiter, policyFromJson, type StoreError } from '../../lambda/standalone/index.ts';
import { useEngine } from '../support/engine/use-engine.ts';

const root = path.join(__dirname, '..', '..');
const engine = useEngine();

describe('createLimiter', () => {
  let now = Date.UTC(2026, 10, 24, 12);
  const clock = () => now;
  const policy = policyFromYaml(`
tiers: [free, gold]
limits:
  client: { per: client, rate: { free: 2/minute, gold: 4/minute } }
  sign-up: { per: address, routes: ["POST /accounts"], rate: 1/hour, onStoreFailure: deny }
exempt:
  - client: monitor
  - address: 192.0.2.0/24
`);
  const limiter = () => createLimiter({ policy, table: engine.tableName, client: engine.client, clock });
  beforeEach(() => {
    now += 86_400_000;
  });

  test('counts clients by their tier, in the table: another process sees it', async () => {
    const request = { method: 'GET', path: '/', address: '198.51.100.7' };
    const passed = async (more: object) => {
      let count = 0;
      for (let i = 0; i < 6; i++) count += Number((await limiter().decide({ ...request, ...more })).allowed);
      return count;
    };
    expect(await passed({ client: 'acme' })).toBe(2);
    expect(await passed({ client: 'bob', tier: 'gold' })).toBe(4);
    expect(await passed({ client: 'eve', tier: 'platinum' })).toBe(2);
    expect(await passed({})).toBe(2);
    expect(await passed({ client: 'x'.repeat(10_000) })).toBe(2);
    expect(await passed({ client: 'monitor' })).toBe(6);
    expect(await passed({ address: '192.0.2.9' })).toBe(6);
  });

  test('matches routes by the path or by the route, and answers with headers and a problem', async () => {
    const one = limiter();
    const request = { method: 'post', path: '//accounts/', client: 'carol', address: '198.51.100.8' };
    expect(await one.decide(request)).toMatchObject({ allowed: true, writes: 2 });
    const denied = await one.decide({ ...request, client: 'dave', path: '/anything', route: '/accounts' });
    expect(denied).toMatchObject({ allowed: false, binding: { name: 'sign-up' } });
    expect(one.headersOf(denied)).toEqual({
      'X-RateLimit-Limit': '1',
      'X-RateLimit-Remaining': '0',
      'X-RateLimit-Reset': String(denied.binding!.resetAt / 1000),
      'Retry-After': String((denied.retryAt! - now) / 1000),
    });
    expect(one.problemOf(denied)).toMatchObject({ status: 429, limit: 'sign-up' });
  });

  test('takes a compiled policy as JSON', async () => {
    const compiled = policyFromJson(JSON.stringify(policy));
    const one = createLimiter({ policy: compiled, table: engine.tableName, client: engine.client });
    const verdict = await one.decide({ method: 'GET', path: '/', client: 'erin' });
    expect(verdict).toMatchObject({ allowed: true, binding: { limit: 2, remaining: 1 } });
  });

  test('a table that is not there is answered by onStoreFailure, and told', async () => {
    const errors: StoreError[] = [];
    const onStoreError = (error: StoreError) => errors.push(error);
    const one = createLimiter({
      policy,
      table: 'nowhere',
      client: engine.client,
      firstDeadlineMs: 20_000,
      onStoreError,
    });
    const request = { method: 'POST', path: '/accounts', address: '198.51.100.9' };
    expect(await one.decide(request)).toMatchObject({ allowed: false, failure: 'unavailable' });
    expect(errors.map(({ code }) => code)).toContain('HG303');
  });
});

describe('examples/limiter-alone', () => {
  let server: ChildProcess | undefined;
  afterEach(() => server?.kill());

  test('runs as its README says: five of six messages of one account pass', async () => {
    const endpoint = await engine.client.config.endpoint!();
    const env = {
      PATH: process.env.PATH,
      AWS_REGION: 'us-east-1',
      AWS_ACCESS_KEY_ID: 'test',
      AWS_SECRET_ACCESS_KEY: 'test',
      ENDPOINT: `${endpoint.protocol}//${endpoint.hostname}:${endpoint.port}`,
      TABLE: `alone-${process.pid}`,
      PORT: '0',
    };
    const main = path.join(root, 'examples/limiter-alone/main.ts');
    server = spawn(process.execPath, [main], { env, stdio: ['ignore', 'pipe', 'inherit'] });
    const [line] = await once(createInterface(server.stdout!), 'line');
    const url = `http://127.0.0.1:${JSON.parse(line).port}/messages`;

    const answers: Response[] = [];
    for (let i = 0; i < 6; i++) {
      answers.push(await fetch(url, { method: 'POST', headers: { authorization: 'Bearer anna-token' } }));
    }
    expect(answers.map(({ status }) => status)).toEqual([202, 202, 202, 202, 202, 429]);
    expect(answers.map(({ headers }) => headers.get('x-ratelimit-remaining'))).toEqual(['4', '3', '2', '1', '0', '0']);
    const retryAfter = Number(answers[5]!.headers.get('retry-after'));
    expect(retryAfter).toBeGreaterThan(0);
    expect(retryAfter).toBeLessThanOrEqual(66);
    expect(await answers[5]!.json()).toMatchObject({ status: 429, limit: 'send', retryAfter: String(retryAfter) });
    const other = await fetch(url, { method: 'POST', headers: { authorization: 'Bearer ben-token' } });
    expect(other.status).toBe(202);
  }, 60_000);
});
