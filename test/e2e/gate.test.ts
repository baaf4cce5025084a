import path from 'node:path';
import { root, run } from '../../scripts/process.ts';
import { inFlight } from '../support/engine/in-flight.ts';
import { type Example, START_MS, startExample } from './support/example.ts';

describe('the gate, with IAM enforced', () => {
  let example: Example;
  beforeAll(async () => {
    example = await startExample();
  }, START_MS);
  afterAll(() => example?.stop());

  const sizeOf = (name: string, tier = 'free') => {
    const budget = example.policy.limits.find((limit) => limit.name === name)!.budgets[tier]!;
    return budget.burst ?? budget.limit;
  };
  /** The command line as a user runs it, against the local AWS. */
  const headgate = (...args: string[]) =>
    run(process.execPath, [path.join(root, 'bin/headgate.ts'), ...args], {
      env: example.aws.env,
    });
  const from = (address: string, headers: Record<string, string> = {}) => ({
    headers: { 'x-forwarded-for': address, ...headers },
  });

  // First: a block is read by containers that run already within 30 s, by new ones at once.
  test('a client is added and blocked by the command line; the gate turns it away: 401, 403', async () => {
    const added = await headgate('client', 'add', 'mallory', '--tier', 'gold', '--json');
    expect({ code: added.code, output: added.code === 0 ? '' : added.output }).toEqual({ code: 0, output: '' });
    const key = /"key": "([^"]+)"/.exec(added.output)![1]!;
    const blocked = await headgate('block', 'client:mallory', '--for', '2h', '--reason', 'a test');
    expect({ code: blocked.code, output: blocked.code === 0 ? '' : blocked.output }).toEqual({ code: 0, output: '' });
    expect(blocked.output).toContain('unblock');
    expect((await headgate('client', 'list')).output).not.toContain(key);

    const answers = [
      await example.rest('/notes', from('192.0.2.10', { 'x-api-key': key })),
      await example.http('/notes', from('192.0.2.10', { 'x-api-key': key })),
    ];
    expect(answers.map(({ status }) => status)).toEqual([401, 403]);
    for (const answer of answers) expect(answer.headers.get('x-ratelimit-limit')).toBeNull();
  }, 60_000);

  test('of 200 requests at 8 at a time under a limit of 20 exactly 20 pass, and tell 19 to 0 left, each once', async () => {
    const size = sizeOf('write');
    expect(size).toBe(20);
    const key = await example.addClient('hasty', 'free');
    const answers = await inFlight(200, 8, () =>
      example.rest('/notes', { method: 'POST', body: '{"text":"x"}', ...from('192.0.2.11', { 'x-api-key': key }) }),
    );

    const passed = answers.filter(({ ok }) => ok);
    const left = passed.map(({ headers }) => Number(headers.get('x-ratelimit-remaining'))).sort((a, b) => b - a);
    expect(left).toEqual(Array.from({ length: size }, (_, i) => size - 1 - i));
    expect(answers.filter(({ status }) => status === 429)).toHaveLength(200 - size);
  }, 120_000);

  test('without a key, with an unknown one and with one of each tier: the limits of the tier', async () => {
    const callers = [
      { tier: 'free', key: undefined },
      { tier: 'free', key: 'nobody-has-ever-seen-this-key' },
      { tier: 'free', key: await example.addClient('small', 'free') },
      { tier: 'gold', key: await example.addClient('big', 'gold') },
    ];
    for (const [i, { tier, key }] of callers.entries()) {
      const request = { method: 'POST', ...from(`192.0.2.2${i}`, key === undefined ? {} : { 'x-api-key': key }) };
      for (const send of [example.rest, example.http]) {
        const answer = await send('/exports', request);
        expect([i, answer.status]).toEqual([i, 202]);
        expect(answer.headers.get('x-ratelimit-limit')).toBe(String(sizeOf('export', tier)));
      }
    }
  }, 60_000);

  test('an exempt address is never limited, and no limit is named', async () => {
    const answers = await inFlight(sizeOf('sign-in') + 3, 4, () =>
      example.rest('/login', { method: 'POST', ...from('203.0.113.9') }),
    );
    for (const answer of answers) {
      expect(answer.status).toBe(200);
      expect(answer.headers.get('x-ratelimit-limit')).toBeNull();
    }
  }, 60_000);

  test('other spellings of a path are no way round its limit', async () => {
    const spellings = [
      '/files/a',
      '/files//a',
      '/files/./a',
      '/FILES/a',
      '/files/a/',
      '/files/%61',
      '/files/x/%2e%2e/a',
    ];
    const size = sizeOf('files');
    const answers = await inFlight(size + spellings.length * 2, 4, (i) =>
      example.http(spellings[i % spellings.length]!, from('192.0.2.30')),
    );
    expect(answers.filter(({ ok }) => ok).length).toBeLessThanOrEqual(size);
    expect(answers.filter(({ status }) => status === 429).length).toBeGreaterThan(0);
  }, 60_000);

  test('a 429 of the REST API carries the CORS headers of the API, ours among the exposed ones', async () => {
    const login = () =>
      example.rest('/login', { method: 'POST', ...from('192.0.2.40', { origin: 'https://app.example' }) });
    for (let sent = 0; sent < sizeOf('sign-in'); sent++) await login();
    const denied = await login();
    expect(denied.status).toBe(429);
    expect(denied.headers.get('access-control-allow-origin')).toBe('*');
    expect(denied.headers.get('access-control-expose-headers')?.toLowerCase()).toContain('retry-after');
  }, 60_000);
});
