import { mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import path from 'node:path';
import { setTimeout } from 'node:timers/promises';
import type { GateStatus } from '../../bin/on-call/gate-status.ts';
import type { Offenders } from '../../bin/on-call/offenders.ts';
import { root, run } from '../../scripts/process.ts';
import { type Example, START_MS, startExample } from './support/example.ts';
import { waitUntil } from './support/wait-until.ts';

/** Windows so long that nothing comes back by itself while the test runs. */
const POLICY = `
identify: [{ apiKey: x-api-key }]
limits:
  read: { per: client, routes: [GET /notes], rate: 5/hour }
  write: { per: client, routes: [POST /notes], rate: 100/hour }
`;

/** How long a running container takes to notice, with what a busy machine adds, ms. */
const NOTICED_MS = 40_000;

describe('on call: the command line against a deployed gate, with IAM enforced', () => {
  const folder = mkdtempSync(path.join(tmpdir(), 'headgate-on-call-'));
  // By another name than the commands look for: they have to go by what is deployed.
  const policy = path.join(folder, 'policy.yaml');
  let example: Example;
  beforeAll(async () => {
    writeFileSync(policy, POLICY);
    example = await startExample(policy);
  }, START_MS);
  afterAll(async () => {
    rmSync(folder, { recursive: true, force: true });
    await example?.stop();
  });

  const headgate = async <T>(...args: string[]): Promise<T> => {
    const command = [path.join(root, 'bin/headgate.ts'), ...args, '--json'];
    const { code, output } = await run(process.execPath, command, { env: example.aws.env, cwd: folder });
    if (code !== 0) throw new Error(`headgate ${args.join(' ')}: ${output}`);
    return JSON.parse(output.slice(output.search(/^[[{]/m))) as T;
  };
  const send = (method: string, key: string) =>
    example.rest('/notes', {
      method,
      headers: { 'x-api-key': key, 'x-forwarded-for': '192.0.2.70' },
      ...(method === 'POST' && { body: '{"text":"x"}' }),
    });

  test('override, reset and block reach a container that runs, and the override lapses; top and status tell of it', async () => {
    const [hasty, writer, mallory] = await Promise.all(
      ['hasty', 'writer', 'mallory'].map((id) => example.addClient(id, 'default')),
    );
    const sizeOfWrite = async () => (await send('POST', writer!)).headers.get('x-ratelimit-limit');
    const answers: number[] = [];
    const sendHasty = async () => {
      const { status } = await send('GET', hasty!);
      answers.push(status);
      return status;
    };
    for (let i = 0; i < 12; i++) await sendHasty();
    expect(answers).toEqual([...Array(5).fill(200), ...Array(7).fill(429)]);
    expect([await sizeOfWrite(), (await send('GET', mallory!)).status]).toEqual(['100', 200]);

    const [override] = await Promise.all([
      headgate<{ after: { until: number } }>(
        'override',
        'write',
        '--rate',
        '7/hour',
        '--for',
        '45s',
        '--reason',
        'test',
      ),
      headgate('reset', 'client:hasty'),
      headgate('block', 'client:mallory'),
    ]);
    const noticed = { override: false, reset: false, block: false };
    await waitUntil(async () => {
      noticed.override ||= (await sizeOfWrite()) === '7';
      noticed.reset ||= (await sendHasty()) === 200;
      noticed.block ||= (await send('GET', mallory!)).status === 401;
      return Object.values(noticed).every(Boolean);
    }, NOTICED_MS);
    expect(noticed).toEqual({ override: true, reset: true, block: true });
    expect(await headgate('override', '--list')).toMatchObject([{ limit: 'write', rate: '7/hour', why: 'test' }]);

    const [top, status] = await Promise.all([headgate<Offenders>('top'), headgate<GateStatus>('status')]);
    expect(top.source).toBe('rejection-log');
    expect(top.offenders[0]).toMatchObject({
      subject: 'client:hasty',
      requests: answers.filter((status) => status === 429).length,
      limits: ['read'],
      routes: ['GET /notes'],
    });
    expect(top.offenders[0]!.sharePercent).toBeGreaterThan(50);
    expect(status).toMatchObject({ blocks: 1, overrides: [{ limit: 'write' }], missing: [] });
    expect(status.alarms?.map(({ id }) => id)).toContain('limited-rate');
    expect(status.limitsFrom).toBe('deployed');
    expect(status.limits?.map(({ limit }) => limit)).toEqual(['read', 'write']);
    expect(status.metrics?.minutes60.Limited).toBeGreaterThanOrEqual(7);
    expect(status.metrics?.minutes60.Allowed).toBeGreaterThan(0);
    expect(status.metrics?.minutes60.StoreErrors).toBe(0);

    await setTimeout(Math.max(0, override.after.until * 1000 - Date.now()) + 1000);
    expect(await sizeOfWrite()).toBe('100');
  }, 150_000);
});
