import type { Stack } from 'aws-cdk-lib';
import { Template } from 'aws-cdk-lib/assertions';
import {
  AuthorizationType,
  CognitoUserPoolsAuthorizer,
  MockIntegration,
  ResponseType,
  type RestApi,
} from 'aws-cdk-lib/aws-apigateway';
import { UserPool } from 'aws-cdk-lib/aws-cognito';
import { AnyPrincipal, Effect, PolicyStatement } from 'aws-cdk-lib/aws-iam';
import { gateIn, newStack, resources, restApiIn } from '../support/stacks.ts';

const HAZARDS: readonly [string, (api: RestApi, stack: Stack) => void, RegExp][] = [
  [
    'another authorizer',
    (api, stack) => {
      const authorizer = new CognitoUserPoolsAuthorizer(stack, 'Users', {
        cognitoUserPools: [new UserPool(stack, 'Pool')],
      });
      api.root.addMethod('PUT', new MockIntegration(), { authorizer });
    },
    /the authorizer "Stack\/Users"/,
  ],
  [
    'IAM authorization',
    (api) => void api.root.addMethod('PUT', new MockIntegration(), { authorizationType: AuthorizationType.IAM }),
    /IAM authorization of "Stack\/Rest\/Default\/PUT"/,
  ],
  [
    'a resource policy',
    (api) =>
      void api.addToResourcePolicy(
        new PolicyStatement({
          effect: Effect.ALLOW,
          principals: [new AnyPrincipal()],
          actions: ['execute-api:Invoke'],
          resources: ['execute-api:/*'],
        }),
      ),
    /the resource policy of the API/,
  ],
];

describe.each(HAZARDS)('%s on the REST API', (_name, add, named) => {
  test.each(['before', 'after'])('added %s protect, stops the synthesis with its name and the mend', (when) => {
    const stack = newStack();
    const api = restApiIn(stack);
    if (when === 'before') add(api, stack);
    gateIn(stack).protect(api);
    if (when === 'after') add(api, stack);
    const synth = () => Template.fromStack(stack);
    expect(synth).toThrow(/HG224: "Stack\/Rest" has others who deny/);
    expect(synth).toThrow(named);
    expect(synth).toThrow(/sharedDeny: true/);
  });

  test('is fine with sharedDeny', () => {
    const stack = newStack();
    const api = restApiIn(stack);
    add(api, stack);
    gateIn(stack).protect(api, { sharedDeny: true });
    expect(Object.keys(resources(stack, 'AWS::ApiGateway::GatewayResponse'))).toHaveLength(4);
  });
});

describe("the API's own ACCESS_DENIED response", () => {
  test('stops the synthesis', () => {
    const stack = newStack();
    const api = restApiIn(stack);
    api.addGatewayResponse('Own', { type: ResponseType.ACCESS_DENIED, statusCode: '404' });
    gateIn(stack).protect(api);
    expect(() => Template.fromStack(stack)).toThrow(/HG224: .*own ACCESS_DENIED gateway response/);
  });

  test('is kept with sharedDeny', () => {
    const stack = newStack();
    const api = restApiIn(stack);
    api.addGatewayResponse('Own', { type: ResponseType.ACCESS_DENIED, statusCode: '404' });
    gateIn(stack).protect(api, { sharedDeny: true });
    const denied = Object.values(resources(stack, 'AWS::ApiGateway::GatewayResponse')).filter(
      ({ ResponseType: type }) => type === 'ACCESS_DENIED',
    );
    expect(denied.map(({ StatusCode }) => StatusCode)).toEqual(['404']);
  });
});

test("another API's authorizers are no hazard", () => {
  const stack = newStack();
  const other = restApiIn(stack, {}, 'Other');
  const authorizer = new CognitoUserPoolsAuthorizer(stack, 'Users', {
    cognitoUserPools: [new UserPool(stack, 'Pool')],
  });
  other.root.addMethod('PUT', new MockIntegration(), { authorizer });
  gateIn(stack).protect(restApiIn(stack));
  expect(() => Template.fromStack(stack)).not.toThrow();
});

test('all hazards are named at once', () => {
  const stack = newStack();
  const api = restApiIn(stack);
  HAZARDS[0]![1](api, stack);
  HAZARDS[2]![1](api, stack);
  gateIn(stack).protect(api);
  expect(() => Template.fromStack(stack)).toThrow(/the authorizer "Stack\/Users"; the resource policy/);
});
