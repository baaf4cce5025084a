import fc from 'fast-check';
import {
  type MatchedLimit,
  matchLimits,
  type RouteRequest,
  routeCouldMatch,
  unmatchedRoutes,
} from '../../lambda/policy/match.ts';
import { pathForms } from '../../lambda/policy/path-forms.ts';
import { costOn, limitOn, policyOf, route } from './policies.ts';

const policy = policyOf(
  limitOn('sign-in', ['POST /login', 'POST /password-reset']),
  limitOn('user', ['GET /users/{id}']),
  limitOn('me', ['GET /users/me']),
  limitOn('reports', ['ANY /reports/*']),
  limitOn('deep', ['POST /api/v1/sign-in']),
);

const names = (request: RouteRequest, of = policy) => matchLimits(of, request).map(({ limit }) => limit.name);
const onGreedy = (method: string, path: string) => names({ method, path, template: '/{proxy+}' });

describe('paths on a greedy route', () => {
  test.each([
    '/login',
    '/login/',
    '/login//',
    '//login',
    '///login///',
    '/LOGIN',
    '/Login',
    '/%6Cogin',
    '/%6cogin',
    '/%6C%6F%67%69%6E',
    '/%4C%4F%47%49%4E',
    '/%256Cogin',
    '/%25256Cogin',
    '/%2525256Cogin',
    '/l%6fgin%2F',
    '%2Flogin',
    '/%2Flogin',
    '/%2flogin%2f',
    '/%252Flogin',
    '/%5Clogin',
    '/\\login',
    '\\login',
    '/login\\',
    '/./login',
    '/login/.',
    '/././login/./',
    '/%2e/login',
    '/x/../login',
    '/../login',
    '/../../login',
    '/x/y/../../login',
    '/x/%2e%2e/login',
    '/x/%2E./login',
    '/x/%252e%252e/login',
    '/x/..%2flogin',
    '/x%2f..%2flogin',
    '/x/..\\login',
    '/x/..;/login',
    '/x/..;a=b/login',
    '/login;',
    '/login;jsessionid=1',
    '/login%3Bv=1',
    '/;x/login',
    '/login%3Fnext=/',
    '/login?next=/',
    '/login%23top',
    '/login%20',
    '/%20login',
    '/login.',
    '/login%2e',
    '/login..',
    '/login%00',
    '/login%00.json',
    '/login%0a',
    '/lo%09gin',
    '/login%',
    '/%zzlogin',
    '/%u006cogin',
    '/%25u006cogin',
    '/%c0%aflogin',
    '/%C1%ACogin',
    '/login%FF',
    '/ｌｏｇｉｎ',
    '/%EF%BD%8Cogin',
    '／login',
    '/x/．．/login',
    '/log\u0131n',
    '/lOG\u0130N',
    '/lo\u00adgin',
    '/log\u200bin',
    '/\ufefflogin',
    '/login\ud800',
    '/％6Cogin',
    '/ℒogin',
    '/ⓛogin',
    // Five encodings deep: nobody honest writes so, whatever it means.
    '/%2525252578',
    `/${'a/../'.repeat(50)}login`,
    `/${'x'.repeat(9000)}`,
    '',
    'login',
    'http://example.com/login',
  ])('%j does not get round the limit on POST /login', (path) => {
    expect(onGreedy('POST', path)).toContain('sign-in');
  });

  test.each([
    '/',
    '/logins',
    '/log/in',
    '/login/x',
    '/x/login',
    '/login.json',
    '/log-in',
    '/login%20x',
    '/l%C3%B6gin',
    '/login/../x',
    '/search/100%25',
    '/a%2Fb',
    '/files/report%202026.pdf',
    '/login%252',
    '/%25252578',
  ])('%j is not POST /login', (path) => {
    expect(onGreedy('POST', path)).not.toContain('sign-in');
  });

  test.each([
    ['/users/7', ['user']],
    ['/users/me', ['user', 'me']],
    ['/Users/ME/', ['user', 'me']],
    ['/users/%6De', ['user', 'me']],
    ['/users', []],
    ['/users/', []],
    ['/users/7/posts', []],
    ['/users/a%2Fb', ['user']],
    ['/users/%252e%252e', ['user']],
    ['/users/%252e%252e/x', []],
    ['/users/;x', ['user']],
    ['/users/...', ['user']],
    ['/reports', ['reports']],
    ['/reports/', ['reports']],
    ['/reports/2026/11', ['reports']],
    ['/reports/../users/7', ['user', 'reports']],
    ['/reportsx', []],
  ])('GET %s is counted by %j', (path, expected) => {
    expect(onGreedy('GET', path)).toEqual(expected);
  });

  const byMethod = limitOn('sign-in', ['POST /login']);
  test('letters with heaps of accents are malformed: putting them in order would take quadratic time', () => {
    const accents = (count: number) => '\u0301\u0323'.repeat(count);
    for (const path of [`/a${accents(16)}`, `/a/${encodeURIComponent(accents(16))}`, `/%25u0301${accents(16)}`]) {
      expect(pathForms(path)).toEqual({ forms: [], malformed: true });
    }
    expect(pathForms(`/a${accents(15)}/b`).malformed).toBe(false);
    expect(pathForms('/\u1112\u1161\u11ab\u0e01\u0e33\u0e48/नमस्ते/tiếng').malformed).toBe(false);
  });

  test('a malformed path takes the limits of its method, and those without routes', () => {
    const both = policyOf(byMethod, limitOn('read', ['GET /x']), limitOn('everything'));
    expect(names({ method: 'POST', path: '/%ff', template: '$default' }, both)).toEqual(['sign-in', 'everything']);
  });

  test('$default, no template and a greedy part are matched by path alike', () => {
    for (const template of ['$default', undefined, '/{proxy+}', '/v1/{proxy+}']) {
      expect(names({ method: 'POST', path: '/LOGIN', template })).toEqual(['sign-in']);
    }
  });

  test('behind a base path the greedy parameter says what the route is', () => {
    const request = { method: 'POST', path: '/v1/login', template: '/{proxy+}' };
    expect(names({ ...request, parameters: { proxy: 'login' } })).toEqual(['sign-in']);
    expect(names({ ...request, parameters: { proxy: 'lo%67in' } })).toEqual(['sign-in']);
    expect(names({ ...request, path: '/v1/x', parameters: { proxy: 'x' } })).toEqual([]);
    expect(names({ ...request, path: '/v1/x', parameters: { proxy: '%ff' } })).toEqual(['sign-in', 'reports', 'deep']);
  });
});

describe('any spelling of a limited path', () => {
  const hex = (character: string) =>
    [...Buffer.from(character)].map((byte) => `%${byte.toString(16).padStart(2, '0')}`).join('');
  /** Spellings of one character that some server reads as the same one. */
  const spelled = (character: string): fc.Arbitrary<string> =>
    fc
      .tuple(
        fc.constantFrom(
          character,
          character.toUpperCase(),
          /[a-z0-9]/.test(character) ? String.fromCharCode(character.charCodeAt(0) + 0xfee0) : character,
        ),
        fc.nat(3),
      )
      .map(([text, depth]) => (depth === 0 ? text : nested(hex(text), depth)));
  /** `%6c` encoded `depth - 1` times more. */
  const nested = (encoded: string, depth: number): string =>
    depth === 1 ? encoded : nested(encoded.replaceAll('%', '%25'), depth - 1);
  const slash = fc.constantFrom(
    '/',
    '//',
    '/./',
    '/%2e/',
    '\\',
    '%2f',
    '%5C',
    '/x/../',
    '/x/%2e%2e/',
    '/.;a/',
    '%252F',
  );
  const tail = fc.constantFrom('', '/', '//', '/.', ';a=1', '%3b', '.', '%20', '?a', '%23', '\u200b', '/x/..');

  const spelledPath = (path: string) => {
    const segments = path.split('/').filter(Boolean);
    return fc
      .tuple(
        fc.tuple(
          ...segments.map((segment) => fc.tuple(slash, ...[...segment].map(spelled)).map((parts) => parts.join(''))),
        ),
        tail,
      )
      .map(([parts, end]) => parts.join('') + end);
  };

  test.each([
    ['/login', 'sign-in'],
    ['/password-reset', 'sign-in'],
    ['/api/v1/sign-in', 'deep'],
  ])('of %s is limited', (path, name) => {
    fc.assert(
      fc.property(spelledPath(path), (text) => {
        expect(onGreedy('POST', text)).toContain(name);
      }),
      { numRuns: 400 },
    );
  });

  test('never throws, whatever the path', () => {
    fc.assert(
      fc.property(fc.string({ unit: 'binary' }), fc.string(), (path, method) => {
        expect(Array.isArray(onGreedy(method, `/${path}`))).toBe(true);
      }),
      { numRuns: 300 },
    );
  });
});

describe("the API's own route is specific", () => {
  test.each<[string, string, string, readonly string[]]>([
    ['POST', '/login', '/login', ['sign-in']],
    // What the caller wrote does not matter: API Gateway has decided.
    ['POST', '/login', '/%ff', ['sign-in']],
    ['POST', '/Login', '/Login', ['sign-in']],
    ['POST', '/other', '/login', []],
    ['GET', '/users/{userId}', '/users/7', ['user']],
    ['GET', '/users/{userId}', '/users/me', ['user', 'me']],
    ['GET', '/users/{userId}', '/users/%6d%65', ['user', 'me']],
    ['GET', '/users/{userId}', '/v1/users/me', ['user', 'me']],
    ['GET', '/users/{userId}', '/users/%ff', ['user', 'me']],
    ['GET', '/users/me', '/users/me', ['user', 'me']],
    ['GET', '/users/{id}/posts', '/users/7/posts', []],
    ['GET', '/reports/{year}', '/reports/2026', ['reports']],
    ['GET', '/', '/', []],
  ])('%s %s, called as %s', (method, template, path, expected) => {
    expect(names({ method, template, path })).toEqual(expected);
  });
});

describe('methods', () => {
  test.each([
    ['GET', 'HEAD', true],
    ['HEAD', 'GET', false],
    ['GET', 'get', true],
    ['POST', ' post ', true],
    ['POST', 'GET', false],
    ['ANY', 'DELETE', true],
    // Nobody knows what a backend does with it.
    ['POST', 'BREW', true],
  ])('a limit on %s and a request with %j: %s', (limited, method, expected) => {
    const one = policyOf(limitOn('one', [`${limited} /x`]));
    expect(names({ method, path: '/x', template: '/x' }, one)).toEqual(expected ? ['one'] : []);
  });
});

describe('what a match says', () => {
  const cost = (_request: RouteRequest, match: readonly MatchedLimit[]) => match.map((one) => one.cost);
  const exports = policyOf(
    limitOn('export', undefined, { costs: [costOn('POST /exports/{id}', 2), costOn('ANY /exports/*', 5)], cost: 3 }),
  );
  test.each([
    ['POST', '/exports/7', 2],
    ['POST', '/exports/7%20b', 2],
    ['GET', '/exports/7', 5],
    ['POST', '/exports/7/8', 5],
    ['GET', '/x', 3],
    // One segment for some servers, `exports/8/9` for others: the dearer reading counts.
    ['POST', '/exports/7%2F..%2F8%2F9', 5],
    ['POST', '/%ff', 5],
  ])('%s %s costs %d', (method, path, expected) => {
    const request = { method, path, template: '/{proxy+}' };
    expect(cost(request, matchLimits(exports, request))).toEqual([expected]);
  });

  test('of a malformed path a cheap cost does not hide the default', () => {
    const cheap = policyOf(limitOn('cheap', undefined, { costs: [costOn('POST /x', 1)], cost: 4 }));
    expect(matchLimits(cheap, { method: 'POST', path: '/%ff' })[0]!.cost).toBe(4);
  });

  test('of a malformed path a cost behind one for every route does not count', () => {
    const all = policyOf(limitOn('all', undefined, { costs: [costOn('ANY /*', 2), costOn('POST /x', 9)] }));
    expect(matchLimits(all, { method: 'POST', path: '/%ff' })[0]!.cost).toBe(2);
  });

  const perRoute = policyOf(limitOn('each', ['GET /a/b', 'GET /a/*', 'GET /d/*'], { per: 'route' }));
  test('per: route names the first route that matches', () => {
    const matched = matchLimits(perRoute, { method: 'GET', path: '/A/b', template: '/{proxy+}' });
    expect(matched.map((match) => match.route)).toEqual([route('GET /a/b')]);
  });
  test('per: route counts every route that an ambiguous path could mean', () => {
    // One segment below /d for some servers, /a/b for others.
    const matched = matchLimits(perRoute, { method: 'GET', path: '/d/..%2fa%2fb', template: '/{proxy+}' });
    expect(matched.map((match) => match.route)).toEqual(['GET /a/b', 'GET /d/*'].map(route));
    const malformed = matchLimits(perRoute, { method: 'GET', path: '/%ff', template: '/{proxy+}' });
    expect(malformed.map((match) => match.route)).toEqual(['GET /a/b', 'GET /a/*', 'GET /d/*'].map(route));
  });
  test('limits come in the order of the policy', () => {
    const many = policyOf(limitOn('z'), limitOn('a', ['ANY /*']), limitOn('m'));
    expect(names({ method: 'GET', path: '/x' }, many)).toEqual(['z', 'a', 'm']);
  });
});

describe('routeCouldMatch', () => {
  test.each<[string, string, boolean]>([
    ['GET /users/{id}', 'GET /users/me', true],
    ['GET /users/me', 'GET /users/{id}', true],
    ['ANY /{proxy+}', 'POST /login', true],
    ['$default', 'POST /login', true],
    ['POST /login', 'GET /login', false],
    ['HEAD /login', 'GET /login', true],
    ['ANY /api/{proxy+}', 'GET /other', false],
    ['ANY /api/{proxy+}', 'GET /api/x/y', true],
    ['GET /reports/2026', 'ANY /reports/*', true],
    ['/login', 'POST /login', true],
    ['POST /login', 'POST /signin', false],
    ['GET /a/b', 'GET /a', false],
  ])('%s and the limit on %s: %s', (api, limited, expected) => {
    expect(routeCouldMatch(api, route(limited))).toBe(expected);
  });

  test('unmatchedRoutes names limit and route', () => {
    const some = policyOf(
      limitOn('a', ['POST /login', 'GET /x/{id}']),
      limitOn('b', undefined, { costs: [costOn('GET /z', 2)] }),
    );
    expect(unmatchedRoutes(some, ['POST /login', 'GET /y'])).toEqual([
      { limit: 'a', route: 'GET /x/{id}', key: 'routes' },
      { limit: 'b', route: 'GET /z', key: 'cost' },
    ]);
    expect(unmatchedRoutes(some, ['ANY /{proxy+}'])).toEqual([]);
  });
});
