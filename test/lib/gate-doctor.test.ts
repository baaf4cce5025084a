import { App, Duration, Stack } from 'aws-cdk-lib';
import { Template } from 'aws-cdk-lib/assertions';
import { MockIntegration } from 'aws-cdk-lib/aws-apigateway';
import { RateLimitPolicy } from '../../lib/index.ts';
import { gateIn, httpApiIn, newStack, POLICY, resources, restApiIn } from './support/stacks.ts';

/** The doctor's subjects as JSON, with `<LogicalId>` where the template refers to something. */
function subjectsOf(stack: Stack) {
  const functions = Object.values(resources(stack, 'AWS::Lambda::Function'));
  const doctor = functions.find(({ Environment }) => Environment?.Variables.HEADGATE_DOCTOR_SUBJECTS);
  const value = doctor!.Environment.Variables.HEADGATE_DOCTOR_SUBJECTS;
  const parts: unknown[] = typeof value === 'string' ? [value] : value['Fn::Join'][1];
  const text = parts.map((part) => (typeof part === 'string' ? part : `<${Object.values(part as object).flat()[0]}>`));
  return JSON.parse(text.join(''));
}

describe('the doctor', () => {
  test('knows the APIs of its stack, with what they were protected for, and the usage plans', () => {
    const stack = newStack();
    const gate = gateIn(stack, { doctor: {} });
    const [rest, http] = [restApiIn(stack), httpApiIn(stack)];
    gate.protect(rest);
    gate.protect(http, { deny: 'middleware' });
    const id = (resource: typeof rest | typeof http) => `<${stack.getLogicalId(resource.node.defaultChild as never)}>`;
    const stage = `<${stack.getLogicalId(rest.deploymentStage.node.defaultChild as never)}>`;
    const subjects = subjectsOf(stack);
    expect(subjects.apis).toEqual([
      { kind: 'rest', apiId: id(rest), stage, attached: false },
      { kind: 'http', apiId: id(http), stage: '$default', deny: 'middleware', attached: false },
    ]);
    expect(subjects.plans).toEqual([
      { name: `${gate.gateName}-free`, rateLimit: 1, burstLimit: 60, stages: [`${id(rest)}:${stage}`] },
      { name: `${gate.gateName}-gold`, rateLimit: 17, burstLimit: 1000, stages: [`${id(rest)}:${stage}`] },
    ]);
  });

  test('knows attached APIs, and single methods alone where only they are protected', () => {
    const stack = newStack();
    const gate = gateIn(stack, { doctor: {} });
    const api = restApiIn(stack);
    api.root.addResource('one').addMethod('POST', new MockIntegration(), { authorizer: gate.restAuthorizer });
    gate.attach({ restApiId: 'abcdef1234', stage: 'prod', deny: 'middleware' });
    const [own, attached] = subjectsOf(stack).apis;
    expect(own.routes).toEqual([{ method: 'POST', path: '/one' }]);
    expect(attached).toEqual({ kind: 'rest', apiId: 'abcdef1234', stage: 'prod', deny: 'middleware', attached: true });
  });

  test('leaves out an API whose stack depends on its own', () => {
    const app = new App();
    const [gateStack, apiStack] = [new Stack(app, 'Gate'), new Stack(app, 'Api')];
    gateIn(gateStack, { doctor: {} }).protect(restApiIn(apiStack));
    expect(subjectsOf(gateStack)).toMatchObject({ apis: [], plans: [] });
  });

  test('may look at the gate’s own things, and write and delete scratch items only', () => {
    const stack = newStack();
    const gate = gateIn(stack, { doctor: {} });
    gate.protect(restApiIn(stack));
    const policies = Object.values(resources(stack, 'AWS::IAM::Policy')).filter(({ PolicyName }) =>
      PolicyName.includes('Doctor'),
    );
    const statements = policies.flatMap(({ PolicyDocument }) => PolicyDocument.Statement);
    const actions = statements.flatMap(({ Action }) => Action);
    expect(actions.sort()).toEqual(
      [
        'apigateway:GET',
        'dynamodb:DeleteItem',
        'dynamodb:DescribeContinuousBackups',
        'dynamodb:DescribeTable',
        'dynamodb:DescribeTimeToLive',
        'dynamodb:Query',
        'dynamodb:UpdateItem',
        'lambda:GetFunctionConcurrency',
        'lambda:GetFunctionConfiguration',
        'lambda:GetPolicy',
      ].sort(),
    );
    for (const { Resource } of statements) expect([Resource].flat()).not.toContain('*');
    const writes = statements.find(({ Action }) => [Action].flat().includes('dynamodb:UpdateItem'));
    expect(writes.Condition).toEqual({ 'ForAllValues:StringLike': { 'dynamodb:LeadingKeys': ['contract:*'] } });
  });

  test('runs on a schedule, and its alarm is a ticket', () => {
    const stack = newStack();
    const gate = gateIn(stack, { doctor: { every: Duration.minutes(30) } });
    gate.protect(restApiIn(stack));
    const template = Template.fromStack(stack);
    template.hasResourceProperties('AWS::Events::Rule', { ScheduleExpression: 'rate(30 minutes)' });
    template.hasResourceProperties('AWS::CloudWatch::Alarm', {
      AlarmName: `${gate.gateName}-doctor`,
      MetricName: 'DoctorProblems',
      Dimensions: [{ Name: 'Gate', Value: gate.gateName }],
      Period: 1800,
      Threshold: 1,
      TreatMissingData: 'ignore',
      AlarmActions: [stack.resolve(gate.alarms!.topicOf('ticket').topicArn)],
    });
    template.hasOutput('*', { Value: { Ref: stack.getLogicalId(gate.doctor!.fn.node.defaultChild as never) } });
  });

  test('more than its environment can hold is an error before anything is deployed', () => {
    const stack = newStack();
    const gate = gateIn(stack, { doctor: {} });
    for (let i = 0; i < 60; i++) gate.attach({ restApiId: `abcdef${1000 + i}`, stage: 'prod' });
    expect(() => Template.fromStack(stack)).toThrow(/HG229: The doctor would have to know 60 APIs/);
  });

  test('false: none; a time out of bounds is an error', () => {
    const stack = newStack();
    gateIn(stack, { doctor: false }).protect(restApiIn(stack));
    expect(resources(stack, 'AWS::Events::Rule')).toEqual({});
    const metrics = Object.values(resources(stack, 'AWS::CloudWatch::Alarm')).map(({ MetricName }) => MetricName);
    expect(metrics).not.toContain('DoctorProblems');
    for (const every of [Duration.minutes(1), Duration.days(2), Duration.seconds(301)]) {
      expect(() => gateIn(newStack(), { doctor: { every } })).toThrow(/^HG227: doctor\.every/);
    }
    expect(() => gateIn(newStack(), { policy: RateLimitPolicy.fromString(POLICY), doctor: {} })).not.toThrow();
  });
});
