import { existsSync, readFileSync } from 'node:fs';
import { POLICY_TEMPLATE } from '../../bin/cli/policy-template.ts';
import { register as explain } from '../../bin/commands/explain.ts';
import { register as init } from '../../bin/commands/init.ts';
import { register as schema } from '../../bin/commands/schema.ts';
import { register as validate } from '../../bin/commands/validate.ts';
import { parsePolicy } from '../../lambda/policy/parse.ts';
import { policyJsonSchema } from '../../lambda/policy/schema.ts';
import { run, temporaryFolder } from './run.ts';

const file = temporaryFolder();
const headgate = (...args: readonly string[]) => run([init, validate, explain, schema], args);
const right = file('right.yaml', POLICY_TEMPLATE);
const wrong = file('wrong.yaml', 'limits:\n  a:\n    per: all\n    rate: 60/min\n    brust: 3\n');

describe('init', () => {
  test('writes a policy without problems, which names its schema to editors', async () => {
    const fresh = file('fresh.yaml');
    const ran = await headgate('init', '--file', fresh);
    expect(ran).toMatchObject({ exitCode: 0, out: `Wrote ${fresh}.\n` });
    const text = readFileSync(fresh, 'utf8');
    expect(parsePolicy(text).problems).toEqual([]);
    expect(parsePolicy(text).policy?.limits.map(({ name }) => name)).toEqual([
      'sign-in',
      'client',
      'export',
      'ceiling',
      'address',
    ]);
    expect(text.split('\n')[0]).toBe(
      '# yaml-language-server: $schema=node_modules/headgate/schema/headgate.schema.json',
    );
  });

  test('what it comments out is right too', () => {
    const keys = POLICY_TEMPLATE.replace(/^# (exempt:|address:| {2})/gm, '$1');
    const { policy, problems } = parsePolicy(keys);
    expect(problems).toEqual([]);
    expect(policy?.exempt).toHaveLength(2);
    expect(policy?.address?.secretHeader).toBe('x-origin-secret');
  });

  test('never overwrites silently', async () => {
    const mine = file('mine.yaml', 'mine');
    expect(await headgate('init', '--file', mine)).toMatchObject({
      exitCode: 1,
      out: '',
      err: expect.stringContaining('HG202'),
    });
    expect(readFileSync(mine, 'utf8')).toBe('mine');
    expect(await headgate('init', '--file', mine, '--force')).toMatchObject({ exitCode: 0 });
    expect(readFileSync(mine, 'utf8')).toBe(POLICY_TEMPLATE);
  });

  test('says that a folder is missing', async () => {
    const lost = file('no/such/folder.yaml');
    expect(await headgate('init', '--file', lost)).toMatchObject({
      exitCode: 1,
      err: expect.stringContaining('does not exist'),
    });
    expect(existsSync(lost)).toBe(false);
  });
});

describe('validate', () => {
  test('shows the worst minute of each limit and tier', async () => {
    const { exitCode, out, err } = await headgate('validate', right);
    expect(exitCode).toBe(0);
    const rows = out.trimEnd().split('\n');
    expect(rows[0]).toBe('limit    per      tier  worst minute  at worst');
    expect(rows).toContain(
      'client   client   free            80  60/minute with a burst of 20: at most 80 in one minute',
    );
    expect(rows).toContain(
      'client   client   gold          1200  1000/minute with a burst of 200: at most 1200 in one minute',
    );
    expect(rows.indexOf('')).toBe(7);
    expect(err).toContain(`${right} is right.`);
  });

  test('shows what shared items take of the writes of one item', async () => {
    const shared = file(
      'shared.yaml',
      'limits:\n  top: { per: all, rate: 2000/second }\n  b: { per: client, rate: 1/day }\n',
    );
    const { out, err } = await headgate('validate', shared);
    expect(out).toContain('\nshared item          limits  requests/s  containers  writes/s  at twice the load\n');
    expect(out).toMatch(/^everything together {2}top {11}2000 {10}25 {7}\d{3} {16}\d{3}$/m);
    expect(err).not.toContain('HG119');
    const many = await headgate('validate', shared, '--containers', '128', '--json');
    expect(JSON.parse(many.out)).toMatchObject({
      problems: [{ code: 'HG119', severity: 'warning', path: 'limits.top.rate' }],
      items: [
        { item: 'everything together', shared: true, limits: ['top'], containers: 128, leased: true },
        { item: 'one client', shared: false, limits: ['b'], writesPerSecond: 0 },
      ],
    });
  });

  test.each(['0', '1.5', 'many'])('--containers %s is wrong usage', async (containers) => {
    expect(await headgate('validate', right, '--containers', containers)).toMatchObject({ exitCode: 2, out: '' });
  });

  test('shows each error with its line', async () => {
    const { exitCode, out, err } = await headgate('validate', wrong);
    expect({ exitCode, out }).toEqual({ exitCode: 1, out: '' });
    expect(err).toContain(`${wrong}:4:11 error HG109 limits.a.rate
  \`60/min\` is not written as a rate
    3 |     per: all
  > 4 |     rate: 60/min
      |           ^
`);
    expect(err).toContain('mend:    did you mean `burst`?');
    expect(err).toContain(`${wrong} has 2 errors.`);
  });

  test('prints JSON for programs, right or wrong', async () => {
    const good = await headgate('validate', right, '--json');
    expect(JSON.parse(good.out)).toMatchObject({ file: right, valid: true, problems: [] });
    expect(JSON.parse(good.out).limits).toHaveLength(6);
    const bad = await headgate('validate', wrong, '--json');
    expect(bad).toMatchObject({ exitCode: 1, err: '' });
    expect(JSON.parse(bad.out)).toMatchObject({
      valid: false,
      limits: [],
      problems: [
        {
          code: 'HG109',
          severity: 'error',
          line: 4,
          column: 11,
          path: 'limits.a.rate',
          value: '60/min',
          mend: 'write 60/minute',
        },
        { code: 'HG105', line: 5, column: 5, value: 'brust' },
      ],
    });
  });

  test('a warning does not fail', async () => {
    const warned = file('warned.yaml', 'limits:\n  a: { per: client, rate: 900/second }\n');
    const { exitCode, err } = await headgate('validate', warned);
    expect(exitCode).toBe(0);
    expect(err).toContain('warning HG119 limits.a.rate');
    expect(err).toContain('is right, with 1 warning.');
  });

  test('never shows a secret that stands where its hash belongs', async () => {
    const secret = 'correct-horse-battery-staple';
    const address = `address:\n  header: a\n  trusted: [10.0.0.0/8]\n  secretHeader: x\n  secretSha256: ${secret}\n  other: 1\n`;
    const leaky = file('leaky.yaml', `limits: { a: { per: all, rate: 1/day } }\n${address}`);
    const { exitCode, out, err } = await headgate('validate', leaky);
    expect(exitCode).toBe(1);
    expect(err).toContain('HG118');
    expect(err).toContain('HG105');
    expect(out + err).not.toContain(secret);
  });

  test.each([
    ['missing.yaml', 'there is no file'],
    ['.', 'is a folder'],
  ])('%s cannot be read', async (name, message) => {
    expect(await headgate('validate', file(name))).toMatchObject({
      exitCode: 1,
      err: expect.stringContaining(message),
    });
  });
});

describe('explain', () => {
  const json = async (...args: readonly string[]) =>
    JSON.parse((await headgate('explain', ...args, '--policy', right, '--json')).out);
  type Row = { name: string; subject: string; cost: number; perMinute: number };
  const rows = (explained: { limits: Row[] }) =>
    explained.limits.map(({ name, subject, cost }) => [name, subject, cost]);

  test('an address is counted as itself, an IPv6 one as its /64', async () => {
    const explained = await json('post //LOGIN/', '--as', 'address:2001:db8::7');
    expect(rows(explained)).toEqual([
      ['sign-in', 'address:2001:db8::/64', 1],
      ['client', 'address:2001:db8::/64', 1],
      ['address', 'address:2001:db8::/64', 1],
      ['ceiling', 'all', 1],
    ]);
    expect(explained.cost).toEqual({
      writes: 2,
      sharedWrites: 1,
      dollarsPerMillion: 1.25,
      dollarsPerMillionWrites: 0.625,
    });
  });

  test('a client is counted as itself, with its tier and the cost of its route', async () => {
    const explained = await json('POST /exports', '--as', 'client:acme', '--tier', 'gold');
    expect(rows(explained)).toEqual([
      ['client', 'client:acme', 1],
      ['export', 'client:acme', 2],
      ['ceiling', 'all', 1],
      ['address', 'address:(the caller)', 1],
    ]);
    expect(explained.limits[0]).toMatchObject({ perMinute: 1200 });
    expect(explained.cost).toMatchObject({ writes: 3, sharedWrites: 1 });
  });

  test('says it in words and a table', async () => {
    const { exitCode, out } = await headgate('explain', 'POST /login', '--policy', right);
    expect(exitCode).toBe(0);
    expect(out).toContain('POST /login as address:(the caller), tier free');
    expect(out).toMatch(/^sign-in {2}address:\(the caller\) +1 +5 {2}5\/minute: at most 5 in any minute/m);
    expect(out).toContain('(shadow: not enforced)');
    expect(out).toContain('Below the limits: 2 writes');
    expect(out).toContain('\n  1 of them for what all callers share: ');
    expect(out).toContain('$1.25 per million requests');
    expect(out).toContain('While the counters cannot be reached: denied, because of sign-in.');
  });

  const exempt = file(
    'exempt.yaml',
    'limits:\n  a: { per: all, rate: 1/day, routes: [GET /x] }\nexempt: [{ address: 203.0.113.0/24 }, { client: acme }]\n',
  );
  test.each([
    ['client:acme', 'exempt by `client: acme`'],
    ['address:203.0.113.9', 'exempt by `address: 203.0.113.0/24`'],
    ['address:203.0.114.9', 'No limit counts this request'],
    ['client:other', 'No limit counts this request'],
  ])('%s: %s', async (caller, expected) => {
    const { exitCode, out } = await headgate('explain', 'GET /y', '--as', caller, '--policy', exempt);
    expect(exitCode).toBe(0);
    expect(out).toContain(expected);
  });

  test.each<[readonly string[], number, string]>([
    [['GET'], 2, 'is not a request'],
    [['login'], 2, 'is not a request'],
    [['GET /a b'], 2, 'is not a request'],
    [['GET /x', '--as', 'acme'], 2, 'is not a caller'],
    [['GET /x', '--as', 'client:'], 2, 'is no client id'],
    [['GET /x', '--as', 'address:300.1.1.1'], 2, 'is not a caller'],
    [['GET /x', '--as', 'client:a', '--tier', 'silver'], 2, 'no tier `silver`. Its tiers: free, gold.'],
    [['GET /x', '--tier', 'gold'], 2, 'an address has the first tier'],
  ])('%j ends with %d', async (args, exitCode, message) => {
    const ran = await headgate('explain', ...args, '--policy', right);
    expect(ran).toMatchObject({ exitCode, out: '', err: expect.stringContaining(message) });
  });

  test('says how callers are known, as validate does', async () => {
    const tokens = file(
      'tokens.yaml',
      `identify:
  - apiKey: x-api-key
  - jwt: { issuer: "https://login.example.com/", audience: [api, app], tier: plan, name: staff }
  - iam: true
limits: { a: { per: client, rate: 1/day } }
`,
    );
    const explained = await headgate('explain', 'GET /x', '--as', 'client:jwt.staff:auth0=7C7', '--policy', tokens);
    expect(explained).toMatchObject({ exitCode: 0, out: expect.stringContaining('client:jwt.staff:auth0=7C7') });
    const lines = `Who is calling: the first of these that proves something, else the address.
  1. a key in \`x-api-key\`, looked up in the registry
  2. a token in \`authorization: Bearer\` of https://login.example.com/, signed by a key at https://login.example.com/.well-known/jwks.json, with api or app in \`aud\`, not expired: client jwt.staff:<sub>, tier by \`plan\`
  3. the IAM principal that signed the request: client iam:ACCOUNT...; seen by the middleware rateLimit only`;
    expect(explained.out).toContain(lines);
    expect((await headgate('validate', tokens)).err).toContain(lines);
  });

  test('of a wrong policy points to validate', async () => {
    const ran = await headgate('explain', 'GET /x', '--policy', wrong);
    expect(ran).toMatchObject({ exitCode: 1, out: '', err: expect.stringContaining(`headgate validate ${wrong}`) });
  });
});

test('schema prints the JSON Schema', async () => {
  const { exitCode, out } = await headgate('schema');
  expect(exitCode).toBe(0);
  expect(JSON.parse(out)).toEqual(JSON.parse(JSON.stringify(policyJsonSchema())));
});

test.each(['init', 'validate', 'explain', 'schema'])('%s --help shows examples', async (command) => {
  const { exitCode, out } = await headgate(command, '--help');
  expect(exitCode).toBe(0);
  expect(out).toMatch(/Examples?:\n {2}\$ headgate /);
});
