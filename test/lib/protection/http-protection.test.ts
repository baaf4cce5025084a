import { App, CfnParameter, Stack } from 'aws-cdk-lib';
import { CfnRoute, HttpApi, HttpMethod, WebSocketApi } from 'aws-cdk-lib/aws-apigatewayv2';
import { HttpIamAuthorizer } from 'aws-cdk-lib/aws-apigatewayv2-authorizers';
import { gateIn, httpApiIn, newStack, onlyResource, resources, urlIntegration, warnings } from '../support/stacks.ts';

const ROUTE = 'AWS::ApiGatewayV2::Route';

function routes(stack: Stack): string[] {
  return Object.values(resources(stack, ROUTE))
    .map(({ RouteKey, AuthorizationType }) => `${RouteKey}: ${AuthorizationType}`)
    .sort();
}

function softDenyApis(stack: Stack): unknown {
  const [fn] = Object.values(resources(stack, 'AWS::Lambda::Function'));
  return fn!.Environment.Variables.HEADGATE_SOFT_DENY_APIS;
}

describe('protect(HttpApi)', () => {
  test('guards every route that has no authorizer, later ones too, and leaves OPTIONS open', () => {
    const stack = newStack();
    const api = httpApiIn(stack);
    gateIn(stack).protect(api);
    const integration = urlIntegration();
    api.addRoutes({ path: '/{proxy+}', methods: [HttpMethod.ANY], integration });
    api.addRoutes({ path: '/login', methods: [HttpMethod.OPTIONS], integration });
    const [authorizer] = Object.keys(resources(stack, 'AWS::ApiGatewayV2::Authorizer'));
    expect(routes(stack)).toEqual([
      'ANY /{proxy+}: CUSTOM',
      'GET /: CUSTOM',
      'OPTIONS /login: NONE',
      'POST /login: CUSTOM',
    ]);
    for (const route of Object.values(resources(stack, ROUTE))) {
      if (route.AuthorizationType === 'CUSTOM') expect(route.AuthorizerId).toEqual({ Ref: authorizer });
    }
  });

  test('guards $default and routes in plain CloudFormation', () => {
    const stack = newStack();
    const api = new HttpApi(stack, 'Http', { defaultIntegration: urlIntegration() });
    new CfnRoute(stack, 'Plain', { apiId: api.apiId, routeKey: 'GET /plain' });
    gateIn(stack).protect(api);
    expect(routes(stack)).toEqual(['$default: CUSTOM', 'GET /plain: CUSTOM']);
  });

  test('names what has an authorizer already, and does not touch it', () => {
    const stack = newStack();
    const api = httpApiIn(stack);
    const authorizer = new HttpIamAuthorizer();
    api.addRoutes({ path: '/own', methods: [HttpMethod.GET], integration: urlIntegration(), authorizer });
    gateIn(stack).protect(api);
    expect(routes(stack)).toContain('GET /own: AWS_IAM');
    expect(warnings(stack)).toEqual([expect.stringMatching(/^GET \/own has AWS_IAM.*headgate:AlreadyAuthorized/s)]);
  });

  test('names a stage that does not deploy by itself', () => {
    const stack = newStack();
    const api = httpApiIn(stack, { createDefaultStage: false });
    api.addStage('Live', { stageName: 'live' });
    gateIn(stack).protect(api);
    expect(warnings(stack)).toEqual([expect.stringContaining('headgate:NoAutoDeploy')]);
  });

  test('leaves other APIs alone and makes no gateway response', () => {
    const stack = newStack();
    httpApiIn(stack, {}, 'Other');
    gateIn(stack).protect(httpApiIn(stack));
    expect(routes(stack)).toEqual(['GET /: CUSTOM', 'GET /: NONE', 'POST /login: CUSTOM', 'POST /login: NONE']);
    expect(resources(stack, 'AWS::ApiGateway::GatewayResponse')).toEqual({});
  });

  test('a route key that only deployment knows is guarded; then the routes of limits are not checked', () => {
    const stack = newStack();
    const api = httpApiIn(stack);
    const routeKey = new CfnParameter(stack, 'Key').valueAsString;
    new CfnRoute(stack, 'Plain', { apiId: api.apiId, routeKey });
    gateIn(stack).protect(api);
    expect(Object.values(resources(stack, ROUTE)).map(({ AuthorizationType }) => AuthorizationType)).toEqual([
      'CUSTOM',
      'CUSTOM',
      'CUSTOM',
    ]);
    expect(warnings(stack)).toEqual([expect.stringContaining('headgate:RoutesNotChecked')]);
  });

  test.each<[string, (stack: Stack) => unknown, RegExp]>([
    ['imported', (stack) => HttpApi.fromHttpApiAttributes(stack, 'Api', { httpApiId: 'abc' }), /it is imported/],
    ['WebSocket', (stack) => new WebSocketApi(stack, 'Api'), /not a RestApi or HttpApi/],
  ])('an API that is %s is refused with the reason', (_kind, make, reason) => {
    const stack = newStack();
    const api = make(stack) as HttpApi;
    expect(() => gateIn(stack).protect(api)).toThrow(/^HG222: "Stack\/Api" cannot be protected/);
    expect(() => gateIn(stack, {}, 'Second').protect(api)).toThrow(reason);
  });
});

describe("deny: 'middleware'", () => {
  test('is off unless it is asked for', () => {
    const stack = newStack();
    gateIn(stack).protect(httpApiIn(stack));
    expect(softDenyApis(stack)).toBeUndefined();
  });

  test('tells the function the ids of those APIs, comma-separated, though only deployment knows them', () => {
    const stack = newStack();
    const gate = gateIn(stack);
    gate.protect(httpApiIn(stack, {}, 'One'), { deny: 'middleware' });
    gate.protect(httpApiIn(stack, {}, 'Two'), { deny: 'forbidden' });
    gate.protect(httpApiIn(stack, {}, 'Three'), { deny: 'middleware' });
    const id = (prefix: string) => ({
      Ref: Object.keys(resources(stack, 'AWS::ApiGatewayV2::Api')).find((key) => key.startsWith(prefix)),
    });
    expect(softDenyApis(stack)).toEqual({ 'Fn::Join': ['', [id('One'), ',', id('Three')]] });
  });

  test('across stacks is an error: two stacks would depend on each other', () => {
    const app = new App();
    const [gateStack, apiStack] = [new Stack(app, 'Gate'), new Stack(app, 'Api')];
    const gate = gateIn(gateStack);
    const api = httpApiIn(apiStack);
    expect(() => gate.protect(api, { deny: 'middleware' })).toThrow(/^HG228: .*"Api\/Http"/);
  });

  test('forbidden across stacks works, the API depending on the gate', () => {
    const app = new App();
    const [gateStack, apiStack] = [new Stack(app, 'Gate'), new Stack(app, 'Api')];
    gateIn(gateStack).protect(httpApiIn(apiStack));
    expect(routes(apiStack)).toEqual(['GET /: CUSTOM', 'POST /login: CUSTOM']);
    expect(onlyResource(apiStack, 'AWS::ApiGatewayV2::Authorizer').AuthorizerResultTtlInSeconds).toBe(0);
    expect(gateStack.dependencies).toEqual([]);
  });
});
