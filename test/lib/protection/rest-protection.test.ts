import { Aspects, Stack } from 'aws-cdk-lib';
import { Template } from 'aws-cdk-lib/assertions';
import {
  AuthorizationType,
  CfnMethod,
  Deployment,
  IdentitySource,
  type IRestApi,
  MockIntegration,
  RequestAuthorizer,
  type RestApi,
  RestApi as RestApiConstruct,
  Stage,
} from 'aws-cdk-lib/aws-apigateway';
import { Code, Function as LambdaFunction, Runtime } from 'aws-cdk-lib/aws-lambda';
import type { Headgate } from '../../../lib/index.ts';
import { deploymentId, gateIn, newStack, resources, restApiIn, WITH_CORS, warnings } from '../support/stacks.ts';

const METHOD = 'AWS::ApiGateway::Method';

function methods(stack: Stack): string[] {
  return Object.values(resources(stack, METHOD))
    .map(({ HttpMethod, AuthorizationType: type }) => `${HttpMethod} ${type}`)
    .sort();
}

function otherAuthorizer(stack: Stack): RequestAuthorizer {
  const handler = new LambdaFunction(stack, 'Own', {
    code: Code.fromInline('exports.handler = async () => ({})'),
    handler: 'index.handler',
    runtime: Runtime.NODEJS_22_X,
  });
  return new RequestAuthorizer(stack, 'OwnAuthorizer', { handler, identitySources: [IdentitySource.header('A')] });
}

describe('protect(RestApi)', () => {
  test('guards every method that has no authorizer, and leaves preflights open', () => {
    const stack = newStack();
    gateIn(stack).protect(restApiIn(stack, WITH_CORS));
    expect(methods(stack)).toEqual(['GET CUSTOM', 'OPTIONS NONE', 'OPTIONS NONE', 'POST CUSTOM']);
  });

  test('guards methods that are added later, by an aspect too', () => {
    const stack = newStack();
    const api = restApiIn(stack);
    gateIn(stack).protect(api);
    const later = api.root.addResource('later');
    later.addMethod('PUT', new MockIntegration());
    Aspects.of(stack).add(
      { visit: (node) => void (node === later && later.addMethod('DELETE', new MockIntegration())) },
      { priority: 100 },
    );
    expect(methods(stack)).toEqual(['DELETE CUSTOM', 'GET CUSTOM', 'POST CUSTOM', 'PUT CUSTOM']);
  });

  test('guards greedy routes and methods that are written as plain CloudFormation', () => {
    const stack = newStack();
    const api = restApiIn(stack);
    api.root.addProxy({ defaultIntegration: new MockIntegration() });
    new CfnMethod(stack, 'Plain', { restApiId: api.restApiId, resourceId: api.root.resourceId, httpMethod: 'PATCH' });
    gateIn(stack).protect(api);
    expect(methods(stack)).toEqual(expect.arrayContaining(['ANY CUSTOM', 'GET CUSTOM', 'PATCH CUSTOM', 'POST CUSTOM']));
    expect(methods(stack).join()).not.toContain('NONE');
    expect(warnings(stack)).toEqual([expect.stringContaining('headgate:RoutesNotChecked')]);
  });

  test('leaves other APIs alone', () => {
    const stack = newStack();
    restApiIn(stack, {}, 'Other');
    gateIn(stack).protect(restApiIn(stack));
    expect(methods(stack)).toEqual(['GET CUSTOM', 'GET NONE', 'POST CUSTOM', 'POST NONE']);
  });

  test('names what has an authorizer already, and does not touch it', () => {
    const stack = newStack();
    const api = restApiIn(stack);
    const own = api.root.addResource('own');
    own.addMethod('GET', new MockIntegration(), { authorizer: otherAuthorizer(stack) });
    own.addMethod('PUT', new MockIntegration(), { authorizationType: AuthorizationType.IAM });
    gateIn(stack).protect(api, { sharedDeny: true });
    expect(methods(stack)).toEqual(['GET CUSTOM', 'GET CUSTOM', 'POST CUSTOM', 'PUT AWS_IAM']);
    expect(warnings(stack).sort()).toEqual([
      expect.stringMatching(/^GET \/own has CUSTOM.*headgate:AlreadyAuthorized/s),
      expect.stringMatching(/^PUT \/own has AWS_IAM.*headgate:AlreadyAuthorized/s),
    ]);
  });

  test('twice is once', () => {
    const stack = newStack();
    const api = restApiIn(stack);
    const gate = gateIn(stack);
    gate.protect(api);
    gate.protect(api);
    expect(Object.keys(resources(stack, 'AWS::ApiGateway::Authorizer'))).toHaveLength(1);
    expect(Object.keys(resources(stack, 'AWS::ApiGateway::UsagePlan'))).toHaveLength(2);
  });

  test('by two gates is an error', () => {
    const stack = newStack();
    const api = restApiIn(stack);
    gateIn(stack).protect(api);
    expect(() => gateIn(stack, {}, 'Second').protect(api)).toThrow(/^HG223: "Stack\/Rest" has another gate/);
  });

  test('of an imported API is an error that says why', () => {
    const stack = newStack();
    const api = RestApiConstruct.fromRestApiId(stack, 'Imported', 'abc123') as RestApi;
    expect(() => gateIn(stack).protect(api)).toThrow(/^HG222: "Stack\/Imported" cannot be protected: it is imported/);
  });
});

describe('the Deployment', () => {
  const id = (change: (gate: Headgate, api: RestApi) => void, props = {}): string => {
    const stack = newStack();
    const api = restApiIn(stack, props);
    change(gateIn(stack), api);
    return deploymentId(stack);
  };
  const unprotected = id(() => {});
  const plain = id((gate, api) => gate.protect(api));

  test('is a new one when protection is added: the stage would keep its unprotected snapshot', () => {
    expect(plain).not.toBe(unprotected);
  });

  test('is the same one when nothing changes', () => {
    expect(id((gate, api) => gate.protect(api))).toBe(plain);
  });

  test('is a new one when the answers change', () => {
    expect(id((gate, api) => gate.protect(api, { cors: { allowOrigins: ['*'] } }))).not.toBe(plain);
  });

  test('is a new one when one more method is guarded', () => {
    const single = (paths: string[]) =>
      id((gate, api) => {
        const authorizer = gate.restAuthorizerFor(api);
        for (const path of ['a', 'b']) {
          const options = paths.includes(path) ? { authorizer } : {};
          api.root.addResource(path).addMethod('GET', new MockIntegration(), options);
        }
      });
    expect(single(['a', 'b'])).not.toBe(single(['a']));
  });

  test('of another API stays the same one', () => {
    const other = (protect: boolean): string[] => {
      const stack = newStack();
      restApiIn(stack, {}, 'Other');
      const api = restApiIn(stack);
      if (protect) gateIn(stack).protect(api);
      const ids = Object.keys(Template.fromStack(stack).findResources('AWS::ApiGateway::Deployment'));
      return ids.filter((id) => id.startsWith('Other'));
    };
    expect(other(true)).toEqual(other(false));
  });

  test('comes after the authorizer, its permission and the answers', () => {
    const stack = newStack();
    gateIn(stack).protect(restApiIn(stack));
    const template = Template.fromStack(stack);
    const [deployment] = Object.values(template.findResources('AWS::ApiGateway::Deployment'));
    const ours = ['Authorizer', 'GatewayResponse'].flatMap((type) =>
      Object.keys(template.findResources(`AWS::ApiGateway::${type}`)),
    );
    expect(deployment!.DependsOn).toEqual(
      expect.arrayContaining([
        ...ours,
        ...Object.keys(
          template.findResources('AWS::Lambda::Permission', { Properties: { Principal: 'apigateway.amazonaws.com' } }),
        ),
      ]),
    );
  });

  test('is a new one where the app makes it itself, and the missing stage is named', () => {
    const own = (protect: boolean): Stack => {
      const stack = newStack();
      const api = restApiIn(stack, { deploy: false });
      new Stage(stack, 'Stage', {
        deployment: new Deployment(stack, 'Own', { api: api as IRestApi }),
        stageName: 'live',
      });
      if (protect) gateIn(stack).protect(api);
      return stack;
    };
    expect(deploymentId(own(true))).not.toBe(deploymentId(own(false)));
    expect(warnings(own(true))).toEqual([expect.stringContaining('headgate:NoStage')]);
  });
});

test('a gate in another stack than the API: the API depends on the gate, not the other way round', () => {
  const gateStack = newStack('Gate');
  const apiStack = new Stack(gateStack.node.root as never, 'Api');
  const api = restApiIn(apiStack);
  gateIn(gateStack).protect(api);
  expect(methods(apiStack)).toEqual(['GET CUSTOM', 'POST CUSTOM']);
  expect(apiStack.dependencies).toEqual([gateStack]);
  expect(gateStack.dependencies).toEqual([]);
});
