import fc from 'fast-check';
import { compilePolicy, PolicyError, parsePolicy } from '../../lambda/policy/parse.ts';

/** The errors and warnings of a text as `code line:column path`. */
const said = (text: string, routes?: readonly string[]) =>
  parsePolicy(text, routes && { routes }).problems.map(
    ({ code, line, column, path }) => `${code} ${line}:${column} ${path}`,
  );

/** A policy with one limit `a`, whose lines are given; the limit's first line is line 4. */
const limit = (...lines: readonly string[]) =>
  `tiers: [free, gold]\nlimits:\n  a:\n${lines.map((line) => `    ${line}\n`).join('')}`;

describe('a policy that is right', () => {
  const policy = compilePolicy(
    `
identify:
  - apiKey: X-Api-Key
tiers: [free, gold]
limits:
  sign-in:
    per: address
    routes: [POST /login, "POST /users/{id}/password"]
    rate: 5/minute
    onStoreFailure: deny
  client:
    per: client
    rate: { free: 60/minute, gold: 1000/minute }
    algorithm: token-bucket
    burst: { free: 20, gold: 200 }
    mode: shadow
  export:
    per: client
    rate: 10/2 days
    algorithm: fixed-window
    cost: { POST /exports: 5 }
exempt:
  - address: 203.0.113.7/24
  - client: acme
address:
  header: X-Forwarded-For
  trusted: [10.0.0.0/8]
  secretHeader: X-Origin
  secretSha256: ${'AB'.repeat(32)}
`,
    'headgate.yaml',
  );

  test('is compiled with its defaults filled in', () => {
    expect(policy).toMatchObject({
      format: 1,
      identify: [{ kind: 'apiKey', header: 'x-api-key' }],
      anonymous: 'allow',
      tiers: ['free', 'gold'],
      exempt: [
        { kind: 'address', cidr: '203.0.113.0/24' },
        { kind: 'client', id: 'acme' },
      ],
      address: {
        header: 'x-forwarded-for',
        trusted: ['10.0.0.0/8'],
        secretHeader: 'x-origin',
        secretSha256: 'ab'.repeat(32),
      },
    });
    const [signIn, client, exports] = policy.limits;
    expect(signIn).toMatchObject({ name: 'sign-in', per: 'address', cost: 1, mode: 'enforce', onStoreFailure: 'deny' });
    expect(signIn!.routes).toEqual([
      { method: 'POST', path: '/login' },
      { method: 'POST', path: '/users/{id}/password' },
    ]);
    expect(signIn!.budgets.gold).toEqual(signIn!.budgets.free);
    expect(signIn!.budgets.free).toMatchObject({
      algorithm: 'sliding-window',
      limit: 5,
      windowMs: 60_000,
      epochMs: 6000,
    });
    expect(client).toMatchObject({ mode: 'shadow', onStoreFailure: 'allow' });
    expect(client!.budgets.gold).toMatchObject({ algorithm: 'token-bucket', limit: 1000, burst: 200 });
    expect(exports).toMatchObject({ cost: 1, costs: [{ method: 'POST', path: '/exports', cost: 5 }] });
    expect(exports!.budgets.free).toMatchObject({
      algorithm: 'fixed-window',
      windowMs: 172_800_000,
      epochMs: 172_800_000,
    });
  });

  test('travels as JSON unchanged', () => {
    expect(JSON.parse(JSON.stringify(policy))).toEqual(policy);
  });

  test('is small when little is said', () => {
    expect(compilePolicy('limits:\n  a:\n    per: all\n    rate: 1/second', 'x')).toMatchObject({
      identify: [],
      tiers: ['default'],
      exempt: [],
      limits: [{ name: 'a', budgets: { default: { limit: 1 } } }],
    });
  });

  test('is shadow as a whole where it says so', () => {
    const shadow = compilePolicy('mode: shadow\nlimits:\n  a: { per: all, rate: 1/second, mode: enforce }', 'x');
    expect(shadow.limits[0]!.mode).toBe('shadow');
  });
});

describe('what is wrong is said where it stands', () => {
  test.each<[string, string, readonly string[]]>([
    ['an empty file', '', ['HG102 1:1 ']],
    ['nothing but a comment', '# nothing\n', ['HG102 1:1 ']],
    ['a list', '- a\n', ['HG106 1:1 ']],
    ['no limits', 'tiers: [a]\n', ['HG106 1:1 limits']],
    ['empty limits', 'limits: {}\n', ['HG106 1:1 limits']],
    ['a tab', 'limits:\n\ta: 1\n', ['HG103 2:1 ']],
    ['an open quote', 'limits: "x\n', ['HG103 2:1 ']],
    ['an open bracket', 'tiers: [a\nlimits: {}\n', ['HG103 2:1 ']],
    ['a second document', 'a: 1\n---\nb: 2\n', ['HG103 2:1 ']],
    ['an alias of nothing', 'limits: *x\n', ['HG103 1:1 ']],
    ['a tag', limit('per: all', 'rate: !rate 1/second'), ['HG103 5:11 ']],
    ['a key twice', limit('per: all', 'per: all', 'rate: 1/second'), ['HG104 5:5 ']],
    ['a tier twice', 'tiers: [a, a]\nlimits: { a: { per: all, rate: 1/second } }\n', ['HG104 1:12 tiers[1]']],
    ['an unknown key', limit('per: all', 'rate: 1/second', 'brust: 3'), ['HG105 6:5 limits.a.brust']],
    ['an unknown key at the top', `${limit('per: all', 'rate: 1/day')}limit: 3\n`, ['HG105 6:1 limit']],
    ['a merge key', limit('<<: {}', 'per: all', 'rate: 1/day'), ['HG105 4:5 limits.a.<<']],
    ['no per', limit('rate: 1/day'), ['HG106 3:3 limits.a.per']],
    ['no rate', limit('per: all'), ['HG106 3:3 limits.a.rate']],
    ['an empty limit', 'limits:\n  a:\n', ['HG106 2:5 limits.a']],
    ['a wrong scope', limit('per: adress', 'rate: 1/day'), ['HG107 4:10 limits.a.per']],
    ['a wrong algorithm', limit('per: all', 'rate: 1/day', 'algorithm: sliding'), ['HG107 6:16 limits.a.algorithm']],
    [
      'a queue that is not said',
      limit('per: all', 'rate: 1/second', 'algorithm: leaky-bucket'),
      ['HG123 3:3 limits.a'],
    ],
    ['a calendar', limit('per: all', 'rate: 1/day', 'algorithm: calendar-month'), ['HG107 6:16 limits.a.algorithm']],
    ['a wrong resolution', limit('per: all', 'rate: 1/day', 'resolution: 15'), ['HG107 6:17 limits.a.resolution']],
    [
      'a resolution of a fixed window',
      limit('per: all', 'rate: 1/day', 'algorithm: fixed-window', 'resolution: 20'),
      ['HG123 7:5 limits.a.resolution'],
    ],
    ['a queue of a window', limit('per: all', 'rate: 1/second', 'queue: 3'), ['HG123 6:5 limits.a.queue']],
    ['a delay of a window', limit('per: all', 'rate: 1/second', 'maxDelay: 2s'), ['HG123 6:5 limits.a.maxDelay']],
    [
      'a queue of none',
      limit('per: all', 'rate: 9/second', 'algorithm: leaky-bucket', 'queue: 0'),
      ['HG123 7:12 limits.a.queue'],
    ],
    [
      'a wait beyond the time that an authorizer has',
      limit('per: all', 'rate: 9/second', 'algorithm: leaky-bucket', 'queue: 5', 'maxDelay: 4s'),
      ['HG123 8:15 limits.a.maxDelay'],
    ],
    [
      'a wait without unit',
      limit('per: all', 'rate: 9/second', 'algorithm: leaky-bucket', 'queue: 5', 'maxDelay: 2'),
      ['HG123 8:15 limits.a.maxDelay'],
    ],
    [
      'a log beyond what an item holds',
      limit('per: all', 'rate: 101/day', 'algorithm: sliding-window-log'),
      ['HG124 5:11 limits.a.rate'],
    ],
    [
      'a calendar month that is to slide',
      limit('per: all', 'rate: 9/calendar-month', 'algorithm: sliding-window'),
      ['HG124 5:11 limits.a.rate'],
    ],

    ['a wrong rate', limit('per: all', 'rate: 60/min'), ['HG109 5:11 limits.a.rate']],
    ['a rate without time', limit('per: all', 'rate: 60'), ['HG109 5:11 limits.a.rate']],
    [
      'a wrong rate of a tier',
      limit('per: client', 'rate: { free: 1/day, gold: 0/day }'),
      ['HG109 5:32 limits.a.rate.gold'],
    ],
    ['a misspelt tier', limit('per: client', 'rate: { free: 1/day, glod: 2/day }'), ['HG110 5:26 limits.a.rate.glod']],
    ['a missing tier', limit('per: client', 'rate: { free: 1/day }'), ['HG110 5:5 limits.a.rate']],
    [
      'a rate by tier for addresses',
      limit('per: address', 'rate: { free: 1/day, gold: 2/day }'),
      ['HG110 5:5 limits.a.rate'],
    ],
    [
      'a bucket without burst',
      limit('per: client', 'rate: 1/second', 'algorithm: token-bucket'),
      ['HG111 3:3 limits.a'],
    ],
    [
      'a burst of 0',
      limit('per: client', 'rate: 1/day', 'algorithm: token-bucket', 'burst: 0'),
      ['HG111 7:12 limits.a.burst'],
    ],
    [
      'half a token',
      limit('per: client', 'rate: 1/day', 'algorithm: token-bucket', 'burst: 1.5'),
      ['HG111 7:12 limits.a.burst'],
    ],
    ['a burst of a window', limit('per: client', 'rate: 1/second', 'burst: 3'), ['HG111 6:5 limits.a.burst']],
    [
      'a burst below its rate',
      limit('per: client', 'rate: 500/second', 'algorithm: token-bucket', 'burst: 49'),
      ['HG111 7:12 limits.a.burst'],
    ],
    [
      'a burst of years',
      limit('per: client', 'rate: 1/day', 'algorithm: token-bucket', 'burst: 400'),
      ['HG111 7:12 limits.a.burst'],
    ],
    ['a wrong route', limit('per: all', 'rate: 1/day', 'routes:', '  - /login'), ['HG112 7:9 limits.a.routes[0]']],
    [
      'a route that is a map',
      limit('per: all', 'rate: 1/day', 'routes:', '  - GET: /x'),
      ['HG112 7:9 limits.a.routes[0]'],
    ],
    ['a bare parameter', limit('per: all', 'rate: 1/day', 'routes:', '  - {id}'), ['HG112 7:9 limits.a.routes[0]']],
    ['braces between brackets', limit('per: all', 'rate: 1/day', 'routes: [GET /users/{id}]'), ['HG112 6:25 ']],
    ['braces between braces', limit('per: all', 'rate: 1/day', 'cost: { GET /users/{id}: 2 }'), ['HG112 6:24 ']],
    [
      'a route twice',
      limit('per: all', 'rate: 1/day', 'routes: ["GET /u/{a}", "GET /U/{b}/"]'),
      ['HG113 6:28 limits.a.routes[1]'],
    ],
    ['no routes to count', limit('per: route', 'rate: 1/day'), ['HG114 3:3 limits.a.routes']],
    ['an empty list of routes', limit('per: all', 'rate: 1/day', 'routes: []'), ['HG114 6:13 limits.a.routes']],
    ['one route without list', limit('per: all', 'rate: 1/day', 'routes: GET /x'), ['HG114 6:13 limits.a.routes']],
    ['a cost of 0', limit('per: all', 'rate: 5/day', 'cost: 0'), ['HG115 6:11 limits.a.cost']],
    [
      'a cost above the limit',
      limit('per: all', 'rate: 5/day', 'cost: { GET /x: 6 }'),
      ['HG115 6:21 limits.a.cost.GET /x'],
    ],
    [
      'a cost elsewhere',
      limit('per: all', 'rate: 5/day', 'routes: [GET /x]', 'cost: { GET /y: 2 }'),
      ['HG115 7:13 limits.a.cost.GET /y'],
    ],
    ['a name in capitals', 'limits:\n  Sign_In: { per: all, rate: 1/day }\n', ['HG116 2:3 limits.Sign_In']],
    [
      'a long name',
      `limits:\n  ${'a'.repeat(33)}: { per: all, rate: 1/day }\n`,
      [`HG116 2:3 limits.${'a'.repeat(33)}`],
    ],
    [
      'a name that every object has',
      'limits:\n  constructor: { per: all, rate: 1/day }\n',
      ['HG116 2:3 limits.constructor'],
    ],
    ['a prototype', 'limits:\n  __proto__: { per: all, rate: 1/day }\n', ['HG116 2:3 limits.__proto__']],
    [
      'a wrong address',
      `${limit('per: all', 'rate: 1/day')}exempt:\n  - address: 300.1.1.1\n`,
      ['HG117 7:14 exempt[0].address'],
    ],
    [
      'everybody exempt',
      `${limit('per: all', 'rate: 1/day')}exempt:\n  - address: ::/0\n`,
      ['HG118 7:14 exempt[0].address'],
    ],
    ['nobody exempt', `${limit('per: all', 'rate: 1/day')}exempt:\n  - {}\n`, ['HG118 7:5 exempt[0]']],
    [
      'a number as a client',
      `${limit('per: all', 'rate: 1/day')}exempt:\n  - client: 12\n`,
      ['HG118 7:13 exempt[0].client'],
    ],
    [
      'a wrong header',
      `identify:\n  - apiKey: x key\n${limit('per: all', 'rate: 1/day')}`,
      ['HG118 2:13 identify[0].apiKey'],
    ],
    [
      'trust in everybody',
      `${limit('per: all', 'rate: 1/day')}address: { header: x-real-ip, trusted: [0.0.0.0/0] }\n`,
      ['HG118 6:41 address.trusted[0]'],
    ],
    [
      'half a secret',
      `${limit('per: all', 'rate: 1/day')}address: { header: a, trusted: [10.0.0.0/8], secretHeader: x }\n`,
      ['HG118 6:46 address.secretHeader'],
    ],
  ])('%s', (_, text, expected) => {
    const { policy, problems } = parsePolicy(text);
    expect(said(text)).toEqual(expected);
    expect(policy).toBeUndefined();
    for (const problem of problems) {
      expect(problem.message).not.toBe('');
      expect(problem.allowed).not.toBe('');
      expect(problem.mend).not.toBe('');
    }
  });

  test('all at once, in the order of the file', () => {
    const text = `anonymos: allow\n${limit('per: adress', 'rate: 60/min', 'burst: 3', 'routes: [/x]')}exempt:\n  - address: x\n`;
    expect(said(text)).toEqual([
      'HG105 1:1 anonymos',
      'HG107 5:10 limits.a.per',
      'HG109 6:11 limits.a.rate',
      'HG111 7:5 limits.a.burst',
      'HG112 8:14 limits.a.routes[0]',
      'HG117 10:14 exempt[0].address',
    ]);
  });

  test.each([
    [limit('per: all', 'rate: 1/day', 'brust: 3'), 'did you mean `burst`?'],
    [limit('per: adress', 'rate: 1/day'), 'did you mean `address`?'],
    [
      limit('per: client', 'rate: { free: 1/day, glod: 2/day }'),
      "did you mean `gold`? Else add it to the policy's `tiers`",
    ],
    [limit('per: client', 'rate: 500/second', 'algorithm: token-bucket', 'burst: 3'), 'use at least 50'],
    [
      limit('per: all', 'rate: 1/day', 'routes: [GET /users/{id}]'),
      'quote it, "GET /users/{id}", or write one route per line after `- `',
    ],
    [limit('per: all', 'rate: 1/day', 'cost: 2'), 'use at most 1, or raise the limit'],
    ['limits:\n  Sign In: { per: all, rate: 1/day }', 'write `sign-in`'],
  ])('the mend of %j', (text, mend) => {
    expect(parsePolicy(text).problems.map((problem) => problem.mend)).toEqual([mend]);
  });

  test('a hash of digits alone has to be quoted', () => {
    const hashed = (hash: string) =>
      parsePolicy(
        `${limit('per: all', 'rate: 1/day')}address: { header: a, trusted: [::1], secretHeader: x, secretSha256: ${hash} }`,
      );
    expect(hashed('1'.repeat(64)).problems).toMatchObject([
      { code: 'HG118', mend: 'quote it: YAML takes it for a number' },
    ]);
    expect(hashed(`"${'1'.repeat(64)}"`).policy?.address?.secretSha256).toBe('1'.repeat(64));
  });

  test('a secret that stands where its hash belongs is never repeated', () => {
    const secret = 'correct-horse-battery-staple';
    const text = `${limit('per: all', 'rate: 1/day')}address: { header: a, trusted: [10.0.0.0/8], secretHeader: x, secretSha256: ${secret} }\n`;
    const { problems } = parsePolicy(text);
    expect(problems).toHaveLength(1);
    expect(JSON.stringify(problems)).not.toContain(secret);
    expect(() => compilePolicy(text, 'x')).toThrow(
      expect.objectContaining({ message: expect.not.stringContaining(secret) }),
    );
  });
});

describe('headers', () => {
  const one = limit('per: all', 'rate: 9/day');
  test('absent and the default alike are left out of what travels; others are kept in their order', () => {
    expect(compilePolicy(one, 'x')).not.toHaveProperty('headers');
    expect(compilePolicy(`${one}headers: [x-ratelimit]\n`, 'x')).not.toHaveProperty('headers');
    expect(compilePolicy(`${one}headers: [ratelimit]\n`, 'x').headers).toEqual(['ratelimit']);
    expect(compilePolicy(`${one}headers: [x-ratelimit, ratelimit]\n`, 'x').headers).toHaveLength(2);
  });
  test.each([
    ['[rate-limit]', 'HG107 6:11 headers[0]'],
    ['[ratelimit, ratelimit]', 'HG104 6:22 headers[1]'],
    ['ratelimit', 'HG106 6:10 headers'],
    ['[]', 'HG106 6:10 headers'],
  ])('%s is refused', (value, expected) => expect(said(`${one}headers: ${value}\n`)).toEqual([expected]));
});

describe('hostile texts', () => {
  test('aliases that multiply are refused', () => {
    const level = (name: string, of: string) => `${name}: &${name} [${Array(9).fill(`*${of}`).join(', ')}]\n`;
    const text = `a: &a [1, 2]\n${level('b', 'a')}${level('c', 'b')}${level('d', 'c')}${level('e', 'd')}`;
    expect(said(text)).toEqual(['HG103 1:1 ']);
  });
  test('a few aliases are fine', () => {
    const text =
      'limits:\n  a: { per: all, rate: 1/day, routes: &r [GET /x] }\n  b: { per: address, rate: 1/day, routes: *r }\n';
    expect(compilePolicy(text, 'x').limits[1]!.routes).toEqual([{ method: 'GET', path: '/x' }]);
  });
  test.each(['[', '{a: ', '- '])('deep nesting of %j is refused', (open) => {
    const { policy, problems } = parsePolicy(open.repeat(5000));
    expect(policy).toBeUndefined();
    expect(problems[0]!.code).toMatch(/^HG10[36]$/);
    expect(problems.length).toBeLessThan(10);
  });
  test('a large file is refused before it is read', () => {
    expect(said('#'.repeat(256 * 1024 + 1))).toEqual(['HG102 1:1 ']);
  });
  test('too many limits are refused', () => {
    const many = Array.from(
      { length: 51 },
      (_, index) => `  l${index}: { per: all, rate: 1/day, algorithm: fixed-window }\n`,
    ).join('');
    expect(said(`limits:\n${many}`)).toContain('HG106 1:1 limits');
  });
});

describe('warnings', () => {
  test('many windows on one item are said, and compile', () => {
    const windows = (count: number) =>
      `limits:\n${Array.from({ length: count }, (_, index) => `  w${index}: { per: client, rate: 100/minute }\n`).join('')}`;
    expect(parsePolicy(windows(5)).problems).toEqual([]);
    const { policy, problems } = parsePolicy(windows(8));
    expect(policy?.limits).toHaveLength(8);
    expect(problems).toMatchObject([{ code: 'HG121', severity: 'warning', path: 'limits.w7', line: 9 }]);
  });
});

describe("the API's routes", () => {
  const text = limit(
    'per: all',
    'rate: 9/day',
    'routes:',
    '  - POST /login',
    '  - GET /lost',
    'cost: { GET /lost: 2 }',
  );
  test('a route on no API is said where it stands', () => {
    expect(said(text, ['POST /login', 'ANY /api/{proxy+}'])).toEqual([
      'HG122 8:9 limits.a.routes[1]',
      'HG122 9:13 limits.a.cost.GET /lost',
    ]);
  });
  test('a greedy route may be any', () => {
    expect(said(text, ['ANY /{proxy+}'])).toEqual([]);
  });
});

describe('PolicyError', () => {
  test('lists all errors with file, place, what is allowed and the mend', () => {
    const text = limit('per: adress', 'rate: 60/min');
    expect(() => compilePolicy(text, 'my.yaml')).toThrow(PolicyError);
    const error = (() => {
      try {
        return compilePolicy(text, 'my.yaml');
      } catch (thrown) {
        return thrown;
      }
    })() as PolicyError;
    expect(error.code).toBe('HG101');
    expect(error.problems).toHaveLength(2);
    expect(error.message).toContain('my.yaml has 2 errors');
    expect(error.message).toMatch(
      /my\.yaml:4:10 HG107 limits\.a\.per: .*\n\s+allowed: client, address, route, all\n\s+mend:/,
    );
    expect(error.message).toContain('my.yaml:5:11 HG109');
  });
});

describe('any text', () => {
  const key = fc.constantFrom(
    'limits',
    'tiers',
    'identify',
    'exempt',
    'address',
    'mode',
    'a',
    'per',
    'rate',
    'burst',
    'cost',
    'routes',
  );
  const leaf = fc.oneof(
    fc.constantFrom('1/day', 'client', 'token-bucket', 'GET /x', 'free', '10.0.0.0/8', 'x-api-key'),
    fc.integer(),
    fc.boolean(),
    fc.constant(null),
    fc.string(),
  );
  const { tree } = fc.letrec((tie) => ({
    tree: fc.oneof(
      { depthSize: 'small' },
      leaf,
      fc.array(tie('tree'), { maxLength: 3 }),
      fc.dictionary(key, tie('tree'), { maxKeys: 4 }),
    ),
  }));

  test('is compiled or has an error, and never throws', () => {
    fc.assert(
      fc.property(
        fc.oneof(
          tree.map((value) => JSON.stringify(value)),
          fc.string({ unit: 'binary' }),
        ),
        (text) => {
          const { policy, problems } = parsePolicy(text);
          expect(policy === undefined).toBe(problems.some(({ severity }) => severity === 'error'));
          for (const { line, column } of problems) expect(Math.min(line, column)).toBeGreaterThan(0);
        },
      ),
      { numRuns: 400 },
    );
  });

  test('of one limit is compiled or has an error at its place', () => {
    const lines = fc.dictionary(
      fc.constantFrom('per', 'rate', 'burst', 'cost', 'routes', 'algorithm', 'mode', 'onStoreFailure'),
      tree,
    );
    fc.assert(
      fc.property(lines, (raw) => {
        const text = JSON.stringify({ limits: { a: { per: 'all', rate: '5/day', ...raw } } });
        const { policy, problems } = parsePolicy(text);
        expect(policy === undefined).toBe(problems.some(({ severity }) => severity === 'error'));
      }),
      { numRuns: 400 },
    );
  });
});
