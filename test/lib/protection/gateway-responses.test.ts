import type { Stack } from 'aws-cdk-lib';
import { type CorsOptions, ResponseType } from 'aws-cdk-lib/aws-apigateway';
import { CONTEXT } from '../../../lambda/http/context.ts';
import { EXPOSED_HEADERS } from '../../../lambda/http/rate-limit-headers.ts';
import { RateLimitPolicy } from '../../../lib/index.ts';
import { gateIn, newStack, type Properties, resources, restApiIn, warnings } from '../support/stacks.ts';

function responses(stack: Stack): Record<string, Properties> {
  const all = Object.values(resources(stack, 'AWS::ApiGateway::GatewayResponse'));
  return Object.fromEntries(all.map((response) => [response.ResponseType, response]));
}

function protectedStack(cors?: CorsOptions): Stack {
  const stack = newStack();
  gateIn(stack).protect(restApiIn(stack, cors ? { defaultCorsPreflightOptions: cors } : {}));
  return stack;
}

const header = (name: string) => `gatewayresponse.header.${name}`;
const TYPES = ['ACCESS_DENIED', 'QUOTA_EXCEEDED', 'THROTTLED', 'UNAUTHORIZED'];

describe('the 429 in place of ACCESS_DENIED', () => {
  test('takes its headers from what the authorizer says', () => {
    const { ACCESS_DENIED } = responses(protectedStack());
    expect(ACCESS_DENIED).toMatchObject({
      StatusCode: '429',
      ResponseParameters: {
        [header('Retry-After')]: 'context.authorizer.retryAfter',
        [header('X-RateLimit-Limit')]: 'context.authorizer.limit',
        [header('X-RateLimit-Remaining')]: 'context.authorizer.remaining',
        [header('X-RateLimit-Reset')]: 'context.authorizer.reset',
        [header('Content-Type')]: "'application/problem+json'",
      },
    });
  });

  test('has the headers that the policy names, and exposes them', () => {
    const stack = newStack();
    const policy = RateLimitPolicy.fromString(
      'limits: { a: { per: address, rate: 5/minute } }\nheaders: [ratelimit]\n',
    );
    gateIn(stack, { policy }).protect(restApiIn(stack, { defaultCorsPreflightOptions: { allowOrigins: ['*'] } }));
    const parameters = responses(stack).ACCESS_DENIED!.ResponseParameters;
    expect(parameters).toMatchObject({
      [header('Retry-After')]: 'context.authorizer.retryAfter',
      [header('RateLimit-Policy')]: 'context.authorizer.policyField',
      [header('RateLimit')]: 'context.authorizer.stateField',
    });
    expect(parameters).not.toHaveProperty([header('X-RateLimit-Limit')]);
    expect(parameters[header('Access-Control-Expose-Headers')]).toMatch(/,RateLimit-Policy,RateLimit'$/);
  });

  test('names only context values that the authorizer has, none of them reserved', () => {
    const reserved = ['claims', 'error', 'integrationLatency', 'integrationStatus', 'latency', 'principalId'];
    const text = JSON.stringify(responses(protectedStack()).ACCESS_DENIED);
    const used = [...text.matchAll(/context\.authorizer\.(\w+)/g)].map((match) => match[1]!);
    expect(used.length).toBeGreaterThanOrEqual(7);
    for (const name of used) expect(Object.values(CONTEXT)).toContain(name);
    for (const name of Object.values(CONTEXT)) expect(reserved).not.toContain(name);
  });

  test('stays JSON whatever a variable is, missing ones included: each stands in quotes', () => {
    const template: string = responses(protectedStack()).ACCESS_DENIED!.ResponseTemplates['application/json'];
    for (const value of ['', '7', "The limit 'x' is used up."]) {
      expect(() => JSON.parse(template.replaceAll(/\$context\.authorizer\.\w+/g, value))).not.toThrow();
    }
    expect(JSON.parse(template)).toMatchObject({ type: 'about:blank', title: 'Too Many Requests', status: 429 });
  });
});

describe('the other answers of the gateway', () => {
  test.each([
    ['UNAUTHORIZED', '401', undefined],
    ['THROTTLED', '429', "'1'"],
    ['QUOTA_EXCEEDED', '429', "'3600'"],
  ])('%s is %s in the same form', (type, status, retryAfter) => {
    const response = responses(protectedStack())[type]!;
    expect(response.StatusCode).toBe(status);
    expect(response.ResponseParameters[header('Retry-After')]).toBe(retryAfter);
    const body = JSON.parse(response.ResponseTemplates['application/json']);
    expect(body).toEqual({
      type: 'about:blank',
      title: expect.any(String),
      status: Number(status),
      detail: expect.any(String),
      ...(retryAfter && { retryAfter: retryAfter.slice(1, -1) }),
    });
    expect(response.ResponseParameters[header('Content-Type')]).toBe("'application/problem+json'");
  });
});

describe('CORS', () => {
  test.each(TYPES)('%s has no CORS header where the API has none', (type) => {
    const names = Object.keys(responses(protectedStack())[type]!.ResponseParameters);
    expect(names.filter((name) => /Access-Control|Vary/.test(name))).toEqual([]);
  });

  test.each(TYPES)("%s has the API's CORS headers and exposes ours", (type) => {
    const stack = protectedStack({ allowOrigins: ['*'], exposeHeaders: ['X-Own'] });
    const parameters = responses(stack)[type]!.ResponseParameters;
    expect(parameters[header('Access-Control-Allow-Origin')]).toBe("'*'");
    const exposed = parameters[header('Access-Control-Expose-Headers')].slice(1, -1).split(',');
    expect(exposed).toEqual(expect.arrayContaining(['X-Own', ...EXPOSED_HEADERS]));
    expect(parameters).not.toHaveProperty([header('Vary')]);
  });

  test('one origin with credentials', () => {
    const stack = protectedStack({ allowOrigins: ['https://a.example'], allowCredentials: true });
    expect(responses(stack).ACCESS_DENIED!.ResponseParameters).toMatchObject({
      [header('Access-Control-Allow-Origin')]: "'https://a.example'",
      [header('Access-Control-Allow-Credentials')]: "'true'",
      [header('Vary')]: "'Origin'",
    });
    expect(warnings(stack)).toEqual([]);
  });

  test('of several origins the first is named, and a warning says what that means', () => {
    const stack = protectedStack({ allowOrigins: ['https://a.example', 'https://b.example'] });
    const parameters = responses(stack).THROTTLED!.ResponseParameters;
    expect(parameters[header('Access-Control-Allow-Origin')]).toBe("'https://a.example'");
    expect(warnings(stack)).toEqual([expect.stringMatching(/https:\/\/b\.example.*headgate:SeveralOrigins/s)]);
  });

  test('the option cors stands in for what the API does not say', () => {
    const stack = newStack();
    gateIn(stack).protect(restApiIn(stack), { cors: { allowOrigins: ['https://c.example'] } });
    expect(responses(stack).ACCESS_DENIED!.ResponseParameters[header('Access-Control-Allow-Origin')]).toBe(
      "'https://c.example'",
    );
  });

  test('the option cors after the answers were made is an error, not ignored', () => {
    const stack = newStack();
    const api = restApiIn(stack);
    const gate = gateIn(stack);
    gate.protect(api);
    expect(() => gate.protect(api, { cors: { allowOrigins: ['*'] } })).toThrow(/^HG227: "cors" for "Stack\/Rest"/);
  });
});

describe("the API's own gateway responses", () => {
  test('one that is there before is kept and named', () => {
    const stack = newStack();
    const api = restApiIn(stack);
    api.addGatewayResponse('Own', { type: ResponseType.THROTTLED, statusCode: '503' });
    gateIn(stack).protect(api);
    expect(Object.keys(responses(stack)).sort()).toEqual(TYPES);
    expect(responses(stack).THROTTLED!.StatusCode).toBe('503');
    expect(warnings(stack)).toEqual([expect.stringMatching(/THROTTLED are kept.*headgate:GatewayResponseKept/s)]);
  });

  test('one that comes later collides and stops the synthesis', () => {
    const stack = newStack();
    const api = restApiIn(stack);
    gateIn(stack).protect(api);
    api.addGatewayResponse('Own', { type: ResponseType.UNAUTHORIZED, statusCode: '403' });
    expect(() => responses(stack)).toThrow(/HG225: "Stack\/Rest" has two gateway responses for UNAUTHORIZED/);
  });

  test("another API's are none of its business", () => {
    const stack = newStack();
    const [one, two] = [restApiIn(stack, {}, 'One'), restApiIn(stack, {}, 'Two')];
    two.addGatewayResponse('Own', { type: ResponseType.ACCESS_DENIED, statusCode: '404' });
    gateIn(stack).protect(one);
    expect(Object.keys(resources(stack, 'AWS::ApiGateway::GatewayResponse'))).toHaveLength(5);
  });
});
