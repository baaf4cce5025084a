import { readFileSync } from 'node:fs';
import { parseList } from 'structured-headers';
import { parse } from 'yaml';
import { register as docs } from '../../bin/commands/docs.ts';
import { limitWords } from '../../bin/docs/limit-words.ts';
import { bucketBudget, queueBudget, windowBudget } from '../../lambda/policy/budget.ts';
import type { Budget } from '../../lambda/policy/policy.ts';
import { run, temporaryFolder } from './run.ts';

const POLICY = `
identify:
  - apiKey: X-Api-Key
tiers: [free, gold]
limits:
  client: { per: client, rate: { free: 60/minute, gold: 1000/minute }, algorithm: token-bucket, burst: { free: 20, gold: 200 } }
  sign-in: { per: address, routes: [POST /login], rate: 5/minute }
  export: { per: client, routes: [POST /exports, GET /exports/*], rate: 10/day, algorithm: fixed-window, cost: { POST /exports: 5 } }
  ceiling: { per: all, rate: 7654/minute }
  hot: { per: route, routes: [GET /hot], rate: 4321/minute }
  secret-trial: { per: address, rate: 333/minute, mode: shadow }
exempt:
  - address: 203.0.113.0/24
  - client: friend-of-the-house
address:
  header: x-real-ip
  trusted: [198.51.100.0/24]
  secretHeader: x-origin-secret
  secretSha256: "${'ab'.repeat(32)}"
`;
const file = temporaryFolder();
const policy = file('headgate.yaml', POLICY);
const headgate = (...args: readonly string[]) => run([docs], args);
const page = async (...args: readonly string[]): Promise<string> => (await headgate('docs', policy, ...args)).out;

describe('the page', () => {
  test('tells the limits of each tier, where they hold and what requests take', async () => {
    const text = await page('--title', 'Limits of the notes API');
    expect(text.split('\n')[0]).toBe('# Limits of the notes API');
    const [free, gold] = text.slice(text.indexOf('### free')).split('### gold');
    expect(free).toContain('| client | caller | everywhere | up to 20 at once, refilled at 60 per minute |');
    expect(gold).toContain('| client | caller | everywhere | up to 200 at once, refilled at 1000 per minute |');
    expect(text).toContain('| sign-in | IP address | `POST /login` | 5 per minute: at most 5 in any minute |');
    expect(text).toContain('| `POST /exports`, `GET /exports/*` | 10 per day: counted anew at midnight UTC |');
    expect(text).toContain('- `POST /exports` takes 5 of `export`.');
    expect(text).toContain('with your API key in `x-api-key` count for you');
    expect(text).toContain('limits too, which all callers share');
  });

  test('of one tier tells of no other', async () => {
    const text = await page('--tier', 'gold');
    expect(text).toContain('up to 200 at once');
    expect(text).not.toContain('up to 20 at once');
    expect(text.slice(0, text.indexOf('## Headers'))).not.toContain('free');
    expect(await headgate('docs', policy, '--tier', 'silver')).toMatchObject({ exitCode: 2, out: '' });
  });

  test.each([[[]], [['--openapi']], [['--openapi', 'json']], [['--json']], [['--client', 'python']]])(
    'with %j never tells who is exempt, what is tried out, what all share, or how addresses are known',
    async (args: readonly string[]) => {
      const text = await page(...args);
      expect(text.length).toBeGreaterThan(500);
      for (const hidden of [
        '203.0.113',
        '198.51.100',
        'friend-of-the-house',
        'secret-trial',
        '333',
        '7654',
        '4321',
        'ceiling',
        'x-real-ip',
        'x-origin-secret',
        'abab',
      ]) {
        expect(text).not.toContain(hidden);
      }
    },
  );

  test('a policy that wants an identity says what comes without', async () => {
    const strict = file('strict.yaml', `anonymous: reject\n${POLICY}`);
    expect((await headgate('docs', strict)).out).toContain('Requests without are answered with 401');
  });

  test('a policy of nothing but shared limits has no table', async () => {
    const shared = file('shared.yaml', 'limits: { top: { per: all, rate: 10/second } }\n');
    const { out } = await headgate('docs', shared);
    expect(out).toContain('limits too, which all callers share');
    expect(out).not.toContain('counted for each');
    expect(out).not.toContain('| top |');
  });

  test('the headers are those that the policy names; the example parses as what it is', async () => {
    const fields = file('fields.yaml', `headers: [ratelimit]\n${POLICY}`);
    const { out } = await headgate('docs', fields);
    expect(out).not.toContain('X-RateLimit-Limit`');
    const value = /^RateLimit: (.*)$/m.exec(out)![1]!;
    expect(parseList(value)).toEqual([
      [
        'client',
        new Map([
          ['r', 0],
          ['t', 17],
        ]),
      ],
    ]);
    const sample = /```http\n([^`]*)```/.exec(await page())![1]!;
    expect(JSON.parse(sample.slice(sample.indexOf('\n\n')))).toMatchObject({
      status: 429,
      limit: 'client',
      retryAfter: '17',
    });
    expect(sample).toMatch(/^X-RateLimit-Limit: 20$/m);
  });

  test('prints the very code of the clients', async () => {
    const text = await page();
    for (const [language, name] of [
      ['typescript', 'rate-limited-fetch.ts'],
      ['python', 'rate_limited.py'],
    ] as const) {
      const shipped = readFileSync(`examples/clients/${name}`, 'utf8');
      expect(text).toContain(`\`${name}\`:\n\n\`\`\`${language}\n${shipped}\`\`\``);
      expect(await page('--client', language)).toBe(shipped);
      // No policy is needed for that.
      expect((await headgate('docs', file('missing.yaml'), '--client', language)).out).toBe(shipped);
    }
  });
});

describe('the OpenAPI pieces', () => {
  test('refer only to what they hold, and every example fits its schema', async () => {
    const pieces = JSON.parse(await page('--openapi', 'json'));
    const at = (ref: string) =>
      ref
        .slice(2)
        .split('/')
        .reduce((value, key) => value?.[key], pieces);
    const { headers, content } = pieces.components.responses.TooManyRequests;
    expect(Object.keys(headers)).toEqual([
      'X-RateLimit-Limit',
      'X-RateLimit-Remaining',
      'X-RateLimit-Reset',
      'Retry-After',
    ]);
    for (const { $ref } of Object.values<{ $ref: string }>(headers)) {
      expect(at($ref)).toMatchObject({ schema: { type: 'integer' }, example: expect.any(Number) });
    }
    const { schema, example } = content['application/problem+json'];
    const { required, properties } = at(schema.$ref);
    // The example is of a limit of ours; API Gateway's own have no name.
    expect(Object.keys(example).sort()).toEqual([...required, 'limit'].sort());
    for (const [name, { type, enum: words }] of Object.entries<{ type: string; enum?: unknown[] }>(properties)) {
      expect(typeof example[name]).toBe(type === 'integer' ? 'number' : type);
      if (words) expect(words).toContain(example[name]);
    }
  });

  test('are the same in YAML, without anchors, under a hint', async () => {
    const yaml = await page('--openapi');
    expect(parse(yaml)).toEqual(JSON.parse(await page('--openapi', 'json')));
    expect(yaml).not.toMatch(/[&*]a\d/);
    expect(yaml).toMatch(/^# Merge `components` into your document/);
  });
});

describe('the command', () => {
  test('--out writes a file, anew each time, and says so on stderr', async () => {
    const out = file('limits.md', 'old');
    const ran = await headgate('docs', policy, '--out', out);
    expect(ran).toMatchObject({ exitCode: 0, out: '', err: `Wrote ${out}.\n` });
    expect(readFileSync(out, 'utf8')).toBe(await page());
    expect(await headgate('docs', policy, '--out', file('no/such/folder.md'))).toMatchObject({
      exitCode: 1,
      err: expect.stringContaining('HG202'),
    });
  });

  test('--json is the same for programs', async () => {
    const told = JSON.parse(await page('--json'));
    expect(told.limits.map(({ name }: { name: string }) => name)).toEqual(['client', 'sign-in', 'export']);
    expect(told.limits[0].tiers.free).toMatchObject({ algorithm: 'token-bucket', units: 60, seconds: 60, burst: 20 });
  });

  test('of a wrong policy points to validate; two outputs at once are wrong usage', async () => {
    const wrong = file('wrong.yaml', 'limits: {}\n');
    expect(await headgate('docs', wrong)).toMatchObject({
      exitCode: 1,
      out: '',
      err: expect.stringContaining('headgate validate'),
    });
    expect(await headgate('docs', policy, '--json', '--openapi')).toMatchObject({ exitCode: 2, out: '' });
    expect(await headgate('docs', policy, '--client', 'perl')).toMatchObject({ exitCode: 2, out: '' });
    expect((await headgate('docs', '--help')).out).toMatch(/Examples:\n {2}\$ headgate docs/);
  });
});

const minute = { limit: 60, windowMs: 60_000 };
test.each<[Budget, string]>([
  [
    windowBudget('a', 'sliding-window', { limit: 100, windowMs: 900_000 }),
    '100 per 15 minutes: at most 100 in any 15 minutes',
  ],
  [windowBudget('a', 'sliding-window-log', minute), '60 per minute: at most 60 in any minute'],
  [
    windowBudget('a', 'sliding-window-counter', minute),
    '60 per minute: what came in the minute before counts less and less',
  ],
  [windowBudget('a', 'fixed-window', minute), '60 per minute: counted anew with each minute of the clock'],
  [
    windowBudget('a', 'fixed-window', { limit: 9, windowMs: 900_000 }),
    '9 per 15 minutes: counted anew every 15 minutes',
  ],
  [
    windowBudget('a', 'fixed-window', { limit: 9, windowMs: 31 * 86_400_000, calendar: 'month' }),
    '9 per month: counted anew on the first of the month, midnight UTC',
  ],
  [bucketBudget('a', minute, 20), 'up to 20 at once, refilled at 60 per minute'],
  [
    queueBudget('a', { limit: 10, windowMs: 1000 }, 50, 1000),
    '10 per second, evenly: up to 10 more wait for their turn, at most 1 second',
  ],
  [
    queueBudget('a', { limit: 10, windowMs: 60_000 }, 50, 10_000),
    '10 per minute, evenly: up to 1 more waits for its turn, at most 10 seconds',
  ],
  [
    queueBudget('a', { limit: 100, windowMs: 3_600_000 }, 50, 2000),
    '100 per hour, evenly: one at a time, and none waits for its turn',
  ],
])('%#: %s', (budget, words) => expect(limitWords(budget)).toBe(words));
