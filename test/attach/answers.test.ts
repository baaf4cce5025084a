import { wantedResponse } from '../../lambda/attach/rest/answers.ts';
import type { RestMethod, RestState } from '../../lambda/attach/rest/rest-state.ts';
import type { HeaderStyle } from '../../lambda/policy/policy.ts';
import { preflight } from './support/world.ts';

const method = (route: string, integration?: unknown): RestMethod => {
  const [name = '', path = ''] = route.split(' ');
  const rest = { resourceId: route, authorizationType: 'NONE', scopes: [], apiKeyRequired: false };
  return { route, method: name, path, ...rest, integration };
};

function headersOf(
  parameters: Record<string, string>,
  methods: readonly RestMethod[] = [],
  type: 'THROTTLED' | 'ACCESS_DENIED' = 'THROTTLED',
  styles?: readonly HeaderStyle[],
): Record<string, string> {
  const response = { statusCode: '', responseParameters: parameters, responseTemplates: {} };
  const state: RestState = {
    apiId: 'abc123',
    hasResourcePolicy: false,
    keysFromAuthorizer: false,
    accessLogs: new Map(),
    methods,
    authorizers: [],
    responses: new Map([['DEFAULT_4XX', response]]),
  };
  const wanted = Object.entries(wantedResponse(type, state, styles).responseParameters);
  return Object.fromEntries(wanted.map(([name, value]) => [name.replace('gatewayresponse.header.', ''), value]));
}
const OURS = { 'Content-Type': "'application/problem+json'", 'Retry-After': "'1'" };
const EXPOSED = 'X-RateLimit-Limit,X-RateLimit-Remaining,X-RateLimit-Reset,Retry-After';

test('an API without headers of its own gets ours alone', () => {
  expect(headersOf({})).toEqual(OURS);
});

test('headers of the other errors are kept; ours win', () => {
  expect(
    headersOf({
      'gatewayresponse.header.Strict-Transport-Security': "'max-age=1'",
      'gatewayresponse.header.content-type': "'text/plain'",
      'gatewayresponse.header.X-Path': 'method.request.path.id',
    }),
  ).toEqual({ ...OURS, 'Strict-Transport-Security': "'max-age=1'", 'X-Path': 'method.request.path.id' });
});

test('where pages may read errors they may read our headers', () => {
  expect(headersOf({ 'gatewayresponse.header.Access-Control-Allow-Origin': "'*'" })).toEqual({
    ...OURS,
    'Access-Control-Allow-Origin': "'*'",
    'Access-Control-Expose-Headers': `'${EXPOSED}'`,
  });
});

test('exposed headers are added to, one origin is varied, a mapping stays', () => {
  const origin = { 'gatewayresponse.header.access-control-allow-origin': "'https://shop.example.com'" };
  expect(
    headersOf({ ...origin, 'gatewayresponse.header.Access-Control-Expose-Headers': "'X-Id, retry-after'" }),
  ).toEqual({
    ...OURS,
    'access-control-allow-origin': "'https://shop.example.com'",
    'Access-Control-Expose-Headers': "'X-Id,retry-after,X-RateLimit-Limit,X-RateLimit-Remaining,X-RateLimit-Reset'",
    Vary: "'Origin'",
  });
  const mapped = { 'gatewayresponse.header.Access-Control-Expose-Headers': 'method.request.header.x' };
  expect(headersOf({ ...origin, ...mapped })['Access-Control-Expose-Headers']).toBe('method.request.header.x');
});

test('CORS headers are those of the preflight of the shortest path, where errors have none', () => {
  const methods = [
    method('OPTIONS /a/b', preflight("'https://deep.example.com'").methodIntegration),
    method('OPTIONS /a', preflight("'https://shop.example.com'").methodIntegration),
    method('OPTIONS /', { type: 'AWS_PROXY' }),
  ];
  expect(headersOf({ 'gatewayresponse.header.X-Own': "'1'" }, methods)).toEqual({
    ...OURS,
    'X-Own': "'1'",
    'Access-Control-Allow-Origin': "'https://shop.example.com'",
    'Access-Control-Expose-Headers': `'${EXPOSED}'`,
    Vary: "'Origin'",
  });
});

test("the policy's choice of headers decides which are sent and exposed", () => {
  const origin = { 'gatewayresponse.header.Access-Control-Allow-Origin': "'*'" };
  const names = (styles?: readonly HeaderStyle[]) => headersOf(origin, [], 'ACCESS_DENIED', styles);
  expect(Object.keys(names())).toContain('X-RateLimit-Limit');
  expect(Object.keys(names())).not.toContain('RateLimit-Policy');
  const fields = names(['ratelimit']);
  expect(Object.keys(fields)).toEqual(expect.arrayContaining(['RateLimit', 'RateLimit-Policy', 'Retry-After']));
  expect(Object.keys(fields)).not.toContain('X-RateLimit-Limit');
  expect(fields['Access-Control-Expose-Headers']).toContain('RateLimit-Policy,RateLimit');
});
