import { App, Stack } from 'aws-cdk-lib';
import { gateIn, httpApiIn, resources, restApiIn } from '../support/stacks.ts';

/** Two stacks with the same constructs have the same logical ids, and other APIs. */
function twoAlike() {
  const app = new App();
  const gate = gateIn(new Stack(app, 'Gate'));
  const stacks = ['A', 'B'].map((id) => new Stack(app, id)) as [Stack, Stack];
  return { gate, stacks };
}

const authorizations = (stack: Stack, type: string): unknown[] =>
  Object.values(resources(stack, type)).map(({ AuthorizationType }) => AuthorizationType);

describe('stacks that are built alike', () => {
  test('the gate stands before the APIs of the one that it protects alone', () => {
    const { gate, stacks } = twoAlike();
    const [rest] = stacks.map((stack) => restApiIn(stack));
    const [http] = stacks.map((stack) => httpApiIn(stack));
    gate.protect(rest!);
    gate.protect(http!);
    expect(authorizations(stacks[0], 'AWS::ApiGateway::Method')).toEqual(['CUSTOM', 'CUSTOM']);
    expect(authorizations(stacks[1], 'AWS::ApiGateway::Method')).toEqual(['NONE', 'NONE']);
    expect(authorizations(stacks[0], 'AWS::ApiGatewayV2::Route')).toEqual(['CUSTOM', 'CUSTOM']);
    expect(authorizations(stacks[1], 'AWS::ApiGatewayV2::Route')).toEqual(['NONE', 'NONE']);
  });

  test('each protected API asks the authorizer of its own stack, and none is taken for the other’s', () => {
    const { gate, stacks } = twoAlike();
    for (const stack of stacks) gate.protect(restApiIn(stack));
    for (const stack of stacks) {
      const [authorizer] = Object.keys(resources(stack, 'AWS::ApiGateway::Authorizer'));
      const methods = Object.values(resources(stack, 'AWS::ApiGateway::Method'));
      expect(methods.map(({ AuthorizerId }) => AuthorizerId)).toEqual([{ Ref: authorizer }, { Ref: authorizer }]);
    }
  });
});
