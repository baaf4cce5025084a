import { mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import path from 'node:path';
import { parseList } from 'structured-headers';
import { httpUrl, restUrl } from '../../local/demo/example.ts';
import { must, root } from '../../scripts/process.ts';
import { type Example, START_MS, startExample } from './support/example.ts';

/** Limits so small and windows so short that a few seconds are many windows. */
const POLICY = `
identify:
  - apiKey: x-api-key
headers: [x-ratelimit, ratelimit]
limits:
  read: { per: client, routes: [GET /notes], rate: 12/3 seconds }
  write: { per: client, routes: [POST /notes], rate: 10/2 seconds, algorithm: fixed-window }
  files: { per: client, routes: [GET /files/*], rate: 4/second, algorithm: token-bucket, burst: 6 }
  login: { per: client, routes: [POST /login], rate: 4/8 seconds }
  export: { per: client, routes: [POST /exports], rate: 6/minute }
  all: { per: client, rate: 1000/minute }
`;

/** What a client of the page does with its copy of the code: so many requests, one by one or together. */
const TYPESCRIPT_RUN = `
import { rateLimitedFetch } from './rate-limited-fetch.ts';
const [url, key, method, count, together] = process.argv.slice(2);
const seen: object[] = [];
const real = fetch;
globalThis.fetch = async (...request) => {
  const sentAt = Date.now();
  const response = await real(...request);
  seen.push({ status: response.status, sentAt, answeredAt: Date.now(), retryAfter: Number(response.headers.get('retry-after')) });
  return response;
};
const api = rateLimitedFetch();
const send = async () => {
  const response = await api(url!, { method: method!, headers: { 'x-api-key': key! } });
  await response.arrayBuffer();
  return response.status;
};
const statuses: number[] = [];
if (together === 'together') statuses.push(...(await Promise.all(Array.from({ length: Number(count) }, send))));
else for (let i = 0; i < Number(count); i++) statuses.push(await send());
console.log(JSON.stringify({ statuses, seen }));
`;
const PYTHON_RUN = `
import json, sys, time, urllib.error, urllib.request
from rate_limited import RateLimitedClient
url, key, method, count = sys.argv[1:5]
seen, real = [], urllib.request.urlopen
def urlopen(request, **options):
    sent_at, status, retry_after = time.time() * 1000, 0, 0
    try:
        response = real(request, **options)
        status = response.status
        return response
    except urllib.error.HTTPError as error:
        status, retry_after = error.code, int(error.headers.get("Retry-After", 0))
        raise
    finally:
        seen.append(dict(status=status, sentAt=sent_at, answeredAt=time.time() * 1000, retryAfter=retry_after))
urllib.request.urlopen = urlopen
api = RateLimitedClient()
statuses = []
for _ in range(int(count)):
    with api.open(urllib.request.Request(url, method=method, headers={"x-api-key": key})) as answer:
        statuses.append(answer.status)
print(json.dumps(dict(statuses=statuses, seen=seen)))
`;

interface Ran {
  /** What the client's user got. */
  readonly statuses: readonly number[];
  /** Everything that went over the wire. */
  readonly seen: readonly { status: number; sentAt: number; answeredAt: number; retryAfter: number }[];
}

describe('the clients of the page that `headgate docs` writes, against the deployed API', () => {
  const folder = mkdtempSync(path.join(tmpdir(), 'headgate-clients-'));
  let example: Example;

  beforeAll(async () => {
    const policy = path.join(folder, 'headgate.yaml');
    writeFileSync(policy, POLICY);
    const { output: page } = await must(process.execPath, [path.join(root, 'bin/headgate.ts'), 'docs', policy]);
    for (const [language, name] of [
      ['typescript', 'rate-limited-fetch.ts'],
      ['python', 'rate_limited.py'],
    ]) {
      const code = new RegExp(`\`${name}\`:\n\n\`\`\`${language}\n([^]*?)\`\`\``).exec(page)![1]!;
      writeFileSync(path.join(folder, name!), code);
    }
    writeFileSync(path.join(folder, 'package.json'), '{"type":"module"}');
    writeFileSync(path.join(folder, 'run.ts'), TYPESCRIPT_RUN);
    writeFileSync(path.join(folder, 'run.py'), PYTHON_RUN);
    example = await startExample(policy);
  }, START_MS);
  afterAll(async () => {
    rmSync(folder, { recursive: true, force: true });
    await example?.stop();
  });

  const ran = async (command: string, file: string, ...args: readonly string[]): Promise<Ran> =>
    JSON.parse((await must(command, [path.join(folder, file), ...args])).output);
  const typescript = (...args: readonly string[]) => ran(process.execPath, 'run.ts', ...args);
  const python = (...args: readonly string[]) => ran('python3', 'run.py', ...args);
  const urls = () => ({
    rest: (at: string) => restUrl(example.aws, example.outputs, at),
    http: (at: string) => httpUrl(example.aws, example.outputs, at),
  });

  test('slow down by the headers: all pass, for many windows, without a single 429', async () => {
    const { rest, http } = urls();
    const key = async (id: string) => example.addClient(id, 'default');
    const runs = await Promise.all([
      typescript(rest('/notes'), await key('reads'), 'GET', '24'),
      typescript(http('/notes'), await key('writes'), 'POST', '35'),
      typescript(rest('/files/a'), await key('files'), 'GET', '30'),
      typescript(rest('/notes'), await key('clump'), 'GET', '20', 'together'),
      python(http('/notes'), await key('reads-in-python'), 'GET', '24'),
      python(rest('/notes'), await key('writes-in-python'), 'POST', '35'),
    ]);
    const windowMs = [3000, 2000, 1000, 3000, 3000, 2000];
    for (const [i, { statuses, seen }] of runs.entries()) {
      expect([i, [...new Set(statuses)]]).toEqual([i, [200]]);
      expect([i, seen.filter(({ status }) => status !== 200)]).toEqual([i, []]);
      // Not simply slow from the start: more windows than its own limit would allow at once, and several of them.
      expect(seen.at(-1)!.sentAt - seen[0]!.sentAt).toBeGreaterThan(2 * windowMs[i]!);
      expect(seen.length).toBe(statuses.length);
    }
  }, 120_000);

  test('wait Retry-After where somebody else has used the limit up', async () => {
    const { rest, http } = urls();
    const runs = [
      [typescript, rest('/login')],
      [python, http('/login')],
    ] as const;
    await Promise.all(
      runs.map(async ([client, url]) => {
        const key = await example.addClient(`shared-${client.name}`, 'default');
        const others = await Promise.all(
          Array.from({ length: 6 }, () => fetch(url, { method: 'POST', headers: { 'x-api-key': key } })),
        );
        expect(others.filter(({ status }) => status === 429)).toHaveLength(2);

        const { statuses, seen } = await client(url, key, 'POST', '2');
        expect(statuses).toEqual([200, 200]);
        expect(seen.map(({ status }) => status)).toEqual([429, 200, 200]);
        expect(seen[0]!.retryAfter).toBeGreaterThanOrEqual(1);
        expect(seen[1]!.sentAt - seen[0]!.answeredAt).toBeGreaterThanOrEqual(seen[0]!.retryAfter * 1000 - 50);
      }),
    );
  }, 120_000);

  test('the fields of the IETF draft name every limit, on answers and on 429s of both APIs', async () => {
    for (const send of [example.rest, example.http]) {
      const headers = { 'x-api-key': await example.addClient(`fields-${send.name}`, 'default') };
      const answers = [];
      for (let i = 0; i < 7; i++) answers.push(await send('/exports', { method: 'POST', headers }));
      expect(answers.map(({ status }) => status)).toEqual([...Array(6).fill(202), 429]);
      const field = (answer: Response, name: string) =>
        parseList(answer.headers.get(name)!).map(([limit, parameters]) => [limit, Object.fromEntries(parameters)]);
      for (const [i, answer] of answers.entries()) {
        expect(field(answer, 'ratelimit-policy')).toEqual([
          ['export', { q: 6, w: 60 }],
          ['all', { q: 1000, w: 60 }],
        ]);
        const [own, all] = field(answer, 'ratelimit') as [string, { r: number; t: number }][];
        expect(own).toEqual(['export', { r: Math.max(0, 5 - i), t: expect.any(Number) }]);
        expect(all![1].r).toBe(999 - Math.min(i, 5));
        expect(Number(answer.headers.get('x-ratelimit-remaining'))).toBe(own![1].r);
      }
      const denied = answers.at(-1)!;
      const [own] = field(denied, 'ratelimit') as [string, { r: number; t: number }][];
      expect(own![1].t).toBe(Number(denied.headers.get('retry-after')));
    }
  }, 60_000);
});
