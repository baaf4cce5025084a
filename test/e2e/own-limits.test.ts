import path from 'node:path';
import type { Offenders } from '../../bin/on-call/offenders.ts';
import { apiUrl } from '../../local/api-url.ts';
import { bootstrap, deploy } from '../../local/cdk.ts';
import { type LocalAws, startLocalAws } from '../../local/local-aws.ts';
import { root, run } from '../../scripts/process.ts';
import { inFlight } from '../support/engine/in-flight.ts';
import { START_MS } from './support/example.ts';
import { waitUntil } from './support/wait-until.ts';

const APP = path.join(__dirname, 'support', 'own-limits', 'app.ts');

describe("limits around one's own authorizer and inside a backend", () => {
  let aws: LocalAws;
  let outputs: Readonly<Record<string, string>>;
  beforeAll(async () => {
    aws = await startLocalAws();
    await bootstrap(aws);
    outputs = (await deploy(aws, { app: APP })).OwnLimits!;
  }, START_MS);
  afterAll(() => aws?.stop());

  const rest = (user: string | undefined, address: string) =>
    fetch(apiUrl(aws.endpoint, outputs.RestApiId!, outputs.StageName!, '/who'), headers(user, address));
  const http = (user: string | undefined, address: string) =>
    fetch(apiUrl(aws.endpoint, outputs.HttpApiId!, undefined, '/who'), headers(user, address));
  const headers = (user: string | undefined, address: string) => ({
    headers: { 'x-forwarded-for': address, ...(user === undefined ? {} : { 'x-user': user }) },
  });

  test('REST: the own context arrives beside the verdict; over the limit 429 with headers', async () => {
    const first = await rest('anna', '198.51.100.1');
    expect(first.status).toBe(200);
    expect(await first.json()).toMatchObject({ userId: 'anna', plan: 'gold', principalId: 'anna', verdict: 'allowed' });
    expect(first.headers.get('x-ratelimit-remaining')).toBe('2');
    await rest('anna', '198.51.100.1');
    await rest('anna', '198.51.100.2');
    const limited = await rest('anna', '198.51.100.3');
    expect(limited.status).toBe(429);
    expect(Number(limited.headers.get('retry-after'))).toBeGreaterThan(0);
    expect(await limited.json()).toMatchObject({ status: 429, limit: 'client' });
    expect((await rest('ben', '198.51.100.3')).status).toBe(200);
  }, 60_000);

  test('REST: who is refused is limited by address', async () => {
    const statuses = [];
    for (let i = 0; i < 3; i++) statuses.push((await rest(undefined, '198.51.100.9')).status);
    expect(statuses).toEqual([401, 401, 429]);
  }, 60_000);

  test('HTTP: the same user on the other API has one budget; over it 403', async () => {
    const first = await http('carol', '198.51.100.4');
    expect(first.status).toBe(200);
    expect(await first.json()).toMatchObject({ userId: 'carol', plan: 'gold', verdict: 'allowed', remaining: '2' });
    expect((await rest('carol', '198.51.100.4')).headers.get('x-ratelimit-remaining')).toBe('1');
    await http('carol', '198.51.100.4');
    expect((await http('carol', '198.51.100.5')).status).toBe(403);
  }, 60_000);

  const headgate = async (...args: string[]) => {
    const command = [path.join(root, 'bin/headgate.ts'), ...args, '--json'];
    const { code, output } = await run(process.execPath, command, { env: aws.env, cwd: root });
    if (code !== 0) throw new Error(output);
    return JSON.parse(output.slice(output.search(/^[[{]/m)));
  };

  test('who is blocked is turned away from the first log-in of a container on', async () => {
    await headgate('block', 'client:mallory', '--reason', 'a test');
    const answer = await fetch(apiUrl(aws.endpoint, outputs.HttpApiId!, undefined, '/login'), {
      method: 'POST',
      body: JSON.stringify({ account: 'mallory', password: 'right' }),
      headers: { 'x-forwarded-for': '203.0.113.200' },
    });
    expect([answer.status, await answer.json()]).toEqual([403, expect.objectContaining({ title: 'Forbidden' })]);
  }, 60_000);

  test('100 failed log-ins for one account from 100 addresses: the sixth is refused; a success before was free', async () => {
    const logIn = (i: number, password: string) =>
      fetch(apiUrl(aws.endpoint, outputs.HttpApiId!, undefined, '/login'), {
        method: 'POST',
        body: JSON.stringify({ account: 'anna', password }),
        headers: { 'x-forwarded-for': `203.0.113.${i}` },
      });
    const success = await logIn(0, 'right');
    expect([success.status, success.headers.get('x-ratelimit-remaining')]).toEqual([200, '5']);
    const statuses = [];
    for (let i = 0; i < 6; i++) statuses.push((await logIn(i, 'wrong')).status);
    expect(statuses).toEqual([401, 401, 401, 401, 401, 429]);
    const others = await inFlight(94, 8, (i) => logIn(6 + i, 'wrong'));
    expect(new Set(others.map(({ status }) => status))).toEqual(new Set([429]));
    expect((await logIn(0, 'right')).status).toBe(429);
  }, 120_000);

  test('who was refused there stands in the log of the function, and `headgate top` names it', async () => {
    let found: Offenders | undefined;
    await waitUntil(async () => {
      found = (await headgate('top')) as Offenders;
      return found.offenders.some(({ limits }) => limits.includes('failed-log-ins'));
    }, 30_000);
    const [first] = found!.offenders;
    expect(first).toMatchObject({ subject: 'client:anna', routes: ['POST /login'], limits: ['failed-log-ins'] });
    expect(first!.requests).toBeGreaterThanOrEqual(90);
    // Beside it those whom the authorizer of the app has turned away.
    expect(found!.offenders.flatMap(({ limits }) => limits)).toContain('client');
  }, 60_000);
});
