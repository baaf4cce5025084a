import { readFileSync } from 'node:fs';
import path from 'node:path';
import { App, Duration, Stack } from 'aws-cdk-lib';
import { Annotations, Match, Template } from 'aws-cdk-lib/assertions';
import { IdentitySource, MockIntegration, RequestAuthorizer, RestApi } from 'aws-cdk-lib/aws-apigateway';
import { HttpApi } from 'aws-cdk-lib/aws-apigatewayv2';
import { HttpLambdaAuthorizer } from 'aws-cdk-lib/aws-apigatewayv2-authorizers';
import { Code, Function as LambdaFunction, Runtime } from 'aws-cdk-lib/aws-lambda';
import { gateIn, newStack, urlIntegration } from '../support/stacks.ts';

const own = (stack: Stack) =>
  new LambdaFunction(stack, 'Own', {
    code: Code.fromInline('exports.handler = async () => ({ isAuthorized: true })'),
    handler: 'index.handler',
    runtime: Runtime.NODEJS_22_X,
  });
const propertiesOf = (template: Template, type: string, prefix: string) =>
  Object.entries(template.findResources(type)).find(([id]) => id.startsWith(prefix))?.[1].Properties;

describe('grantLimit', () => {
  test('the function may count and read blocks, no more, and knows the tables, the gate and its deadlines', () => {
    const stack = newStack();
    const gate = gateIn(stack, { gateName: 'shop', storeDeadline: Duration.millis(200) });
    gate.grantLimit(own(stack));
    const template = Template.fromStack(stack);
    expect(propertiesOf(template, 'AWS::Lambda::Function', 'Own').Environment.Variables).toEqual({
      HEADGATE_COUNTERS_TABLE: { Ref: expect.stringMatching('HeadgateCounters') },
      HEADGATE_REGISTRY_TABLE: { Ref: expect.stringMatching('HeadgateRegistry') },
      HEADGATE_GATE: 'shop',
      HEADGATE_DEADLINE_MS: '200',
    });
    const { Statement } = propertiesOf(template, 'AWS::IAM::Policy', 'OwnServiceRole').PolicyDocument;
    expect(
      Statement.map(({ Action, Condition }: { Action: unknown; Condition?: unknown }) => [Action, Condition]),
    ).toEqual([
      ['dynamodb:UpdateItem', undefined],
      ['dynamodb:Query', { 'ForAllValues:StringEquals': { 'dynamodb:LeadingKeys': ['blocks'] } }],
    ]);
  });

  test('the compiled policy is in a layer of the function', () => {
    const app = new App();
    const stack = new Stack(app, 'Stack');
    const gate = gateIn(stack);
    gate.grantLimit(own(stack));
    const template = Template.fromStack(stack);
    const [layer] = Object.keys(template.findResources('AWS::Lambda::LayerVersion'));
    expect(propertiesOf(template, 'AWS::Lambda::Function', 'Own').Layers).toEqual([{ Ref: layer }]);

    const { S3Key } = propertiesOf(template, 'AWS::Lambda::LayerVersion', 'Own').Content;
    const assembly = app.synth();
    const file = path.join(assembly.directory, `asset.${S3Key.replace('.zip', '')}`, 'headgate', 'policy.json');
    expect(JSON.parse(readFileSync(file, 'utf8'))).toEqual(JSON.parse(JSON.stringify(gate.policy.compiled)));
  });

  test('a function of another stack gets a layer of its own stack', () => {
    const app = new App();
    const gate = gateIn(new Stack(app, 'Gate'));
    const other = new Stack(app, 'Other');
    gate.grantLimit(own(other));
    const template = Template.fromStack(other);
    template.resourceCountIs('AWS::Lambda::LayerVersion', 1);
    expect(JSON.stringify(propertiesOf(template, 'AWS::Lambda::Function', 'Own'))).toContain('Fn::ImportValue');
  });

  test('a gate that is only asked is not said to limit nothing', () => {
    const stack = newStack();
    gateIn(stack).grantLimit(own(stack));
    Annotations.fromStack(stack).hasNoWarning('*', Match.stringLikeRegexp('Nothing is limited'));
  });

  test.each([
    [undefined, 2],
    [Duration.minutes(1), 2],
    [Duration.seconds(0), 0],
  ])('authorizers whose answers are kept (%p) are named in a warning', (resultsCacheTtl, warnings) => {
    const stack = newStack();
    const gate = gateIn(stack);
    const fn = own(stack);
    gate.grantLimit(fn);
    const ttl = resultsCacheTtl && { resultsCacheTtl };
    const rest = new RestApi(stack, 'Rest', { cloudWatchRole: false });
    const identitySources = [IdentitySource.header('x-user')];
    const authorizer = new RequestAuthorizer(stack, 'RestOwn', { handler: fn, identitySources, ...ttl });
    rest.root.addMethod('GET', new MockIntegration(), { authorizer });
    const http = new HttpApi(stack, 'Http');
    http.addRoutes({
      path: '/',
      integration: urlIntegration(),
      authorizer: new HttpLambdaAuthorizer('HttpOwn', fn, ttl),
    });
    const found = Annotations.fromStack(stack).findWarning(
      '*',
      Match.stringLikeRegexp('counted once and used many times'),
    );
    expect(found).toHaveLength(warnings);
  });
});
