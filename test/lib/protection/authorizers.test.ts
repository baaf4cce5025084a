import { Template } from 'aws-cdk-lib/assertions';
import { MockIntegration } from 'aws-cdk-lib/aws-apigateway';
import { HttpMethod } from 'aws-cdk-lib/aws-apigatewayv2';
import { gateIn, httpApiIn, newStack, onlyResource, resources, restApiIn, urlIntegration } from '../support/stacks.ts';

describe("a REST API's authorizer", () => {
  test('is of type REQUEST, caches nothing, literally, and asks for no identity source', () => {
    // GIVEN
    const stack = newStack();
    const api = restApiIn(stack);
    // WHEN
    gateIn(stack).protect(api);
    // THEN
    const authorizer = onlyResource(stack, 'AWS::ApiGateway::Authorizer');
    expect(authorizer.Type).toBe('REQUEST');
    expect(authorizer.AuthorizerResultTtlInSeconds).toBe(0);
    expect(authorizer.IdentitySource).toBe('');
    expect(authorizer).not.toHaveProperty('AuthorizerCredentials');
  });

  test('may call the function, and only it may', () => {
    const stack = newStack();
    gateIn(stack).protect(restApiIn(stack));
    const [authorizerId] = Object.keys(resources(stack, 'AWS::ApiGateway::Authorizer'));
    const permission = onlyResource(stack, 'AWS::Lambda::Permission');
    expect(permission).toMatchObject({ Action: 'lambda:InvokeFunction', Principal: 'apigateway.amazonaws.com' });
    const arn = JSON.stringify(permission.SourceArn);
    expect(arn).toContain(`{"Ref":"${authorizerId}"}`);
    expect(arn).not.toContain('*');
  });

  test('is one for protect and for single methods', () => {
    const stack = newStack();
    const api = restApiIn(stack);
    const gate = gateIn(stack);
    api.root.addResource('single').addMethod('GET', new MockIntegration(), { authorizer: gate.restAuthorizer });
    gate.protect(api);
    expect(gate.restAuthorizerFor(api)).toBe(gate.restAuthorizerFor(api));
    const [id] = Object.keys(resources(stack, 'AWS::ApiGateway::Authorizer'));
    for (const method of Object.values(resources(stack, 'AWS::ApiGateway::Method'))) {
      expect(method).toMatchObject({ AuthorizationType: 'CUSTOM', AuthorizerId: { Ref: id } });
    }
  });
});

describe('gate.restAuthorizer', () => {
  test('guards the methods that it is given to and no others, with the 429 that it needs', () => {
    const stack = newStack();
    const api = restApiIn(stack);
    api.root
      .addResource('single')
      .addMethod('GET', new MockIntegration(), { authorizer: gateIn(stack).restAuthorizer });
    const types = Object.values(resources(stack, 'AWS::ApiGateway::Method')).map((method) => method.AuthorizationType);
    expect(types.sort()).toEqual(['CUSTOM', 'NONE', 'NONE']);
    Template.fromStack(stack).hasResourceProperties('AWS::ApiGateway::GatewayResponse', {
      ResponseType: 'ACCESS_DENIED',
      StatusCode: '429',
    });
  });

  test('refuses a second API and names what to use', () => {
    const stack = newStack();
    const gate = gateIn(stack);
    const [one, two] = [restApiIn(stack, {}, 'One'), restApiIn(stack, {}, 'Two')];
    const options = { authorizer: gate.restAuthorizer };
    one.root.addMethod('PUT', new MockIntegration(), options);
    expect(() => two.root.addMethod('PUT', new MockIntegration(), options)).toThrow(
      /^HG226: .*Stack\/One.*Stack\/Two.*restAuthorizerFor/,
    );
  });

  test('restAuthorizerFor serves several', () => {
    const stack = newStack();
    const gate = gateIn(stack);
    for (const api of [restApiIn(stack, {}, 'One'), restApiIn(stack, {}, 'Two')]) {
      api.root.addMethod('PUT', new MockIntegration(), { authorizer: gate.restAuthorizerFor(api) });
    }
    const authorizers = Object.values(resources(stack, 'AWS::ApiGateway::Authorizer'));
    expect(new Set(authorizers.map(({ RestApiId }) => JSON.stringify(RestApiId))).size).toBe(2);
  });
});

describe("an HTTP API's authorizer", () => {
  test('has payload 2.0, a simple response, caches nothing, literally, and asks for no identity source', () => {
    const stack = newStack();
    gateIn(stack).protect(httpApiIn(stack));
    expect(onlyResource(stack, 'AWS::ApiGatewayV2::Authorizer')).toMatchObject({
      AuthorizerType: 'REQUEST',
      AuthorizerPayloadFormatVersion: '2.0',
      EnableSimpleResponses: true,
      AuthorizerResultTtlInSeconds: 0,
      IdentitySource: [],
    });
  });

  test('gate.httpAuthorizer guards single routes of any number of APIs', () => {
    const stack = newStack();
    const gate = gateIn(stack);
    for (const id of ['One', 'Two']) {
      const authorizer = gate.httpAuthorizer;
      const api = httpApiIn(stack, {}, id);
      const integration = urlIntegration();
      api.addRoutes({ path: '/a', methods: [HttpMethod.GET], integration, authorizer });
      api.addRoutes({ path: '/b', methods: [HttpMethod.GET], integration, authorizer });
    }
    expect(Object.keys(resources(stack, 'AWS::ApiGatewayV2::Authorizer'))).toHaveLength(2);
    const guarded = Object.values(resources(stack, 'AWS::ApiGatewayV2::Route')).filter(
      (route) => route.AuthorizationType === 'CUSTOM',
    );
    expect(guarded.map(({ RouteKey }) => RouteKey).sort()).toEqual(['GET /a', 'GET /a', 'GET /b', 'GET /b']);
  });
});
