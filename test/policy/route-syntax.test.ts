import fc from 'fast-check';
import { matchLimits } from '../../lambda/policy/match.ts';
import { parseRoute, ROUTE_PATTERN, routeKey } from '../../lambda/policy/route-syntax.ts';
import { limitOn, policyOf } from './policies.ts';

describe('parseRoute', () => {
  test.each([
    ['GET /', 'GET', '/'],
    ['POST /login', 'POST', '/login'],
    ['GET /users/{id}', 'GET', '/users/{id}'],
    ['ANY /reports/*', 'ANY', '/reports/*'],
    ['ANY /*', 'ANY', '/*'],
    ['GET /a/{b}/c/{d}/', 'GET', '/a/{b}/c/{d}/'],
    ['GET  /caf%C3%A9', 'GET', '/caf%C3%A9'],
    ['GET /files/report.pdf', 'GET', '/files/report.pdf'],
  ])('%s', (text, method, path) => {
    expect(parseRoute(text)).toEqual({ method, path });
  });

  test.each<[unknown, string]>([
    [null, 'write a route, or take the entry away'],
    [7, 'write `GET /path`, for example'],
    [['GET /x'], 'write one route per line, each after `- `'],
    [{ GET: '/x' }, 'write `GET /x`, without colon'],
    [{ id: null }, 'quote the route: "GET /path/{id}"'],
    ['/login', 'write `ANY /login`, or one method'],
    ['login', 'write `ANY /login`, or one method'],
    ['GET/login', 'write `GET /login`'],
    ['get /login', 'write `GET /login`'],
    ['PSOT /login', 'write `POST /login`'],
    ['SUBSCRIBE /x', 'use one of GET, HEAD, POST, PUT, PATCH, DELETE, OPTIONS, ANY'],
    ['GET login', 'write `GET /login`'],
    ['GET /a b', 'write %20 for a space, and one route per entry'],
    ['GET /x?y=1', 'routes are matched by path alone: write `GET /x`'],
    ['GET /x#y', 'routes are matched by path alone: write `GET /x`'],
    ['GET //x///y', 'write `GET /x/y`'],
    ['GET /a/../b', 'write the path that it stands for'],
    ['GET /100%', 'write %25 for a percent sign'],
    ['GET /users/:id', 'write `GET /users/{id}`'],
    ['GET /-./...', 'use another name'],
    ['GET /a/%20', 'use another name'],
    ['GET /{proxy+}', 'write `GET /*`'],
    ['GET /**', 'write `GET /*`'],
    ['GET /a/*/b', 'write `GET /a/{any}/b`'],
    ['GET /a*', 'write `GET /*`'],
    ['GET /v{n}/x', 'write `GET /{n}/x`'],
    ['GET /{}', 'write `GET /{id}`'],
    ['GET /{a b}', 'write %20 for a space, and one route per entry'],
    [`GET /${'x'.repeat(600)}`, 'use at most 512 characters'],
  ])('%j is mended by %j', (value, mend) => {
    expect(parseRoute(value)).toMatchObject({ code: 'HG112', mend });
  });

  test('what it takes, the schema takes, and its own path matches it', () => {
    const segment = fc.oneof(
      fc.stringMatching(/^[A-Za-z0-9._~-]{1,6}$/),
      fc.stringMatching(/^\{[a-z]{1,4}\}$/),
      fc.constantFrom('*', ':id', '%41', ''),
    );
    fc.assert(
      fc.property(fc.array(segment, { maxLength: 4 }), (segments) => {
        const text = `GET /${segments.join('/')}`;
        const route = parseRoute(text);
        if ('code' in route) return;
        expect(text).toMatch(ROUTE_PATTERN);
        const policy = policyOf(limitOn('one', [text]));
        const path = route.path.replace(/\{[a-z]+\}/g, 'value').replace('*', 'a/b');
        expect(matchLimits(policy, { method: 'GET', path, template: '/{proxy+}' })).toHaveLength(1);
      }),
      { numRuns: 300 },
    );
  });
});

describe('routeKey', () => {
  const key = (text: string) => routeKey(parseRoute(text) as never);
  test.each([
    ['GET /users/{id}', 'GET /users/{userId}'],
    ['GET /Users', 'GET /users/'],
    ['GET /a%62', 'GET /ab'],
  ])('%s is %s', (a, b) => {
    expect(key(a)).toBe(key(b));
  });
  test.each([
    ['GET /users/{id}', 'GET /users/id'],
    ['GET /users', 'POST /users'],
    ['GET /users', 'GET /users/*'],
    ['GET /a/b', 'GET /ab'],
  ])('%s is not %s', (a, b) => {
    expect(key(a)).not.toBe(key(b));
  });
});
