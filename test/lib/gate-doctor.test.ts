import { App, Duration, Stack } from 'aws-cdk-lib';
import { Template } from 'aws-cdk-lib/assertions';
import { MockIntegration } from 'aws-cdk-lib/aws-apigateway';
import { RateLimitPolicy } from '../../lib/index.ts';
import { gateIn, httpApiIn, newStack, POLICY, type Properties, resources, restApiIn } from './support/stacks.ts';

/** What a stack has written down for doctors, with `<LogicalId>` where the template refers to something. */
function subjectsOf(stack: Stack): { readonly name: string; readonly api?: Properties; readonly plan?: Properties }[] {
  return Object.values(resources(stack, 'AWS::SSM::Parameter')).map(({ Name, Value }) => {
    const parts: unknown[] = typeof Value === 'string' ? [Value] : Value['Fn::Join'][1];
    const text = parts.map((part) =>
      typeof part === 'string' ? part : `<${Object.values(part as object).flat()[0]}>`,
    );
    return { name: Name, ...JSON.parse(text.join('')) };
  });
}

const apisOf = (stack: Stack) => subjectsOf(stack).flatMap(({ api }) => api ?? []);
const plansOf = (stack: Stack) => subjectsOf(stack).flatMap(({ plan }) => plan ?? []);

/** Every character of the documents, with references as long as ids on AWS, and without what IAM does not count. */
function lengthOfPolicies(documents: readonly unknown[]): number {
  const text = documents.map((document) => JSON.stringify(asText(document)));
  return text.join('').replace(/\s/g, '').length;
}

/** A template's value as AWS would have it: `Fn::Join` joined, and each reference as what it can be at its longest. */
function asText(value: unknown): unknown {
  if (typeof value !== 'object' || value === null) return value;
  if (Array.isArray(value)) return value.map(asText);
  const { Ref, 'Fn::GetAtt': attribute, 'Fn::ImportValue': imported, 'Fn::Join': join } = value as Properties;
  if (join) return join[1].map(asText).join(join[0]);
  if (Ref === 'AWS::Partition') return 'aws';
  if (Ref === 'AWS::Region') return 'ap-southeast-1';
  if (Ref === 'AWS::AccountId') return '123456789012';
  if (Ref) return 'abcdefghij';
  if (attribute ?? imported) {
    return `arn:aws:dynamodb:ap-southeast-1:123456789012:table/Payments-HeadgateCountersTable4CF0C8A3-1ABCDEFGHIJKL`;
  }
  return Object.fromEntries(Object.entries(value).map(([key, one]) => [key, asText(one)]));
}

describe('the doctor', () => {
  test('knows of an attached API everything that it was attached with', () => {
    const stack = newStack();
    const policy = RateLimitPolicy.fromString(`${POLICY}\nheaders: [ratelimit]\n`);
    gateIn(stack, { policy, doctor: {}, accessLogs: {} }).attach({
      restApiId: 'a1b2c3d4e5',
      stage: 'prod',
      replace: true,
    });
    const target = { kind: 'rest', apiId: 'a1b2c3d4e5', stage: 'prod', replace: true, headers: ['ratelimit'] };
    const accessLog = expect.stringMatching(/^<HeadgateAccessLogsLog/);
    expect(apisOf(stack)).toEqual([{ ...target, accessLog, attached: true }]);
  });

  test('knows the APIs of its stack, with what they were protected for, and the usage plans', () => {
    const stack = newStack();
    const gate = gateIn(stack, { doctor: {} });
    const [rest, http] = [restApiIn(stack), httpApiIn(stack)];
    gate.protect(rest);
    gate.protect(http, { deny: 'middleware' });
    const id = (resource: typeof rest | typeof http) => `<${stack.getLogicalId(resource.node.defaultChild as never)}>`;
    const stage = `<${stack.getLogicalId(rest.deploymentStage.node.defaultChild as never)}>`;
    expect(apisOf(stack)).toEqual([
      { kind: 'rest', apiId: id(rest), stage, attached: false },
      { kind: 'http', apiId: id(http), stage: '$default', deny: 'middleware', attached: false },
    ]);
    const planId = (name: string) =>
      Object.entries(resources(stack, 'AWS::ApiGateway::UsagePlan')).find(
        ([, plan]) => plan.UsagePlanName === name,
      )![0];
    const [free, gold] = [`${gate.gateName}-free`, `${gate.gateName}-gold`];
    const stages = [`${id(rest)}:${stage}`];
    expect(plansOf(stack)).toEqual([
      { id: `<${planId(free)}>`, name: free, rateLimit: 1, burstLimit: 60, stages },
      { id: `<${planId(gold)}>`, name: gold, rateLimit: 17, burstLimit: 1000, stages },
    ]);
    const names = subjectsOf(stack).map(({ name }) => name);
    expect(new Set(names).size).toBe(4);
    for (const name of names) expect(name).toMatch(new RegExp(`^/headgate/${gate.gateName}/doctor/[0-9a-z]+$`));
    const functions = Object.values(resources(stack, 'AWS::Lambda::Function'));
    const doctor = functions.find(({ Environment }) => Environment?.Variables.HEADGATE_AUTHORIZER_ARN);
    expect(doctor!.Environment.Variables.HEADGATE_GATE).toBe(gate.gateName);
  });

  test('knows attached APIs, and single methods alone where only they are protected', () => {
    const stack = newStack();
    const gate = gateIn(stack, { doctor: {} });
    const api = restApiIn(stack);
    api.root.addResource('one').addMethod('POST', new MockIntegration(), { authorizer: gate.restAuthorizer });
    gate.attach({ restApiId: 'abcdef1234', stage: 'prod', deny: 'middleware' });
    const own = apisOf(stack).find(({ attached }) => attached === false);
    const attached = apisOf(stack).find((one) => one.attached);
    expect(own!.routes).toEqual([{ method: 'POST', path: '/one' }]);
    expect(attached).toEqual({ kind: 'rest', apiId: 'abcdef1234', stage: 'prod', deny: 'middleware', attached: true });
  });

  test('an API of another stack is written down there, with the permission to look at it alone', () => {
    const app = new App();
    const [gateStack, apiStack] = [new Stack(app, 'Gate'), new Stack(app, 'Api')];
    const gate = gateIn(gateStack, { doctor: {} });
    const [rest, http] = [restApiIn(apiStack), httpApiIn(apiStack)];
    gate.protect(rest);
    gate.protect(http);
    const ids = [rest, http].map((api) => apiStack.getLogicalId(api.node.defaultChild as never));
    expect(subjectsOf(gateStack)).toEqual([]);
    expect(apisOf(apiStack).map(({ kind, apiId }) => [kind, apiId])).toEqual([
      ['rest', `<${ids[0]}>`],
      ['http', `<${ids[1]}>`],
    ]);
    expect(plansOf(apiStack)).toHaveLength(2);
    for (const { name } of subjectsOf(apiStack)) expect(name).toMatch(`/headgate/${gate.gateName}/doctor/`);

    const policies = Object.values(resources(apiStack, 'AWS::IAM::Policy'));
    const arn = (path: string, id: string) => ({
      'Fn::Join': [
        '',
        ['arn:', { Ref: 'AWS::Partition' }, ':apigateway:', { Ref: 'AWS::Region' }, `::/${path}/`, { Ref: id }, '*'],
      ],
    });
    expect(policies.map(({ PolicyDocument }) => PolicyDocument.Statement)).toEqual([
      [{ Action: 'apigateway:GET', Effect: 'Allow', Resource: arn('restapis', ids[0]!) }],
      [{ Action: 'apigateway:GET', Effect: 'Allow', Resource: arn('apis', ids[1]!) }],
    ]);
    const role = { 'Fn::ImportValue': expect.stringMatching(/^Gate:ExportsOutputRefHeadgateDoctorRole/) };
    expect(policies.map(({ Roles }) => Roles)).toEqual([[role], [role]]);
    // The gate's stack depends on no other.
    expect(gateStack.dependencies).toEqual([]);
    expect(JSON.stringify(Template.fromStack(gateStack).toJSON())).not.toContain('Fn::ImportValue');
    // The permission is there before, and until after, the doctor knows of the API.
    for (const { Properties, DependsOn } of Object.values(
      Template.fromStack(apiStack).findResources('AWS::SSM::Parameter'),
    )) {
      if ((JSON.stringify(Properties) as string).includes('plan')) continue;
      expect(DependsOn).toEqual([expect.stringMatching(/ExaminedMayLook/)]);
    }
  });

  test('an API whose stages are not the app’s is known, and has none', () => {
    const stack = newStack();
    gateIn(stack, { doctor: {} }).protect(httpApiIn(stack, { createDefaultStage: false }));
    expect(apisOf(stack)).toEqual([{ kind: 'http', apiId: expect.any(String) }]);
  });

  test('two gates have parameters and policies of their own, and so have stacks that are built alike', () => {
    const app = new App();
    const gateStack = new Stack(app, 'Gates');
    const gates = ['One', 'Two'].map((id) => gateIn(gateStack, { doctor: {} }, id));
    const stacks = ['A', 'B'].map((id) => new Stack(app, id));
    for (const stack of stacks) {
      gates[0]!.protect(restApiIn(stack, {}, 'First'));
      gates[1]!.protect(restApiIn(stack, {}, 'Second'));
    }
    const names = stacks.flatMap(subjectsOf).map(({ name }) => name);
    expect(new Set(names).size).toBe(12);
    expect(names.filter((name) => name.startsWith('/headgate/Gates.One/doctor/'))).toHaveLength(6);
    expect(names.filter((name) => name.startsWith('/headgate/Gates.Two/doctor/'))).toHaveLength(6);
    const policies = stacks.flatMap((stack) => Object.values(resources(stack, 'AWS::IAM::Policy')));
    expect(new Set(policies.map(({ PolicyName }) => PolicyName)).size).toBe(4);
  });

  test.each([
    ['attached', 0],
    ['in a stack each', 50],
  ])('50 APIs %s: what the doctor may do fits into the policies of a role', (how, others) => {
    const app = new App();
    const gateStack = new Stack(app, 'Payments');
    const gate = gateIn(gateStack, { doctor: {}, usagePlans: false, stageThrottle: false });
    const stacks: Stack[] = [];
    for (let i = 0; i < 50; i++) {
      if (how === 'attached') gate.attach({ restApiId: `abcdef${1000 + i}`, stage: 'prod' });
      else {
        const stack = new Stack(app, `Api${i}`);
        stacks.push(stack);
        gate.protect(restApiIn(stack));
      }
    }
    expect([gateStack, ...stacks].flatMap(apisOf)).toHaveLength(50);
    const own = Object.values(resources(gateStack, 'AWS::IAM::Policy')).filter(({ PolicyName }) =>
      PolicyName.includes('Doctor'),
    );
    const elsewhere = stacks.flatMap((stack) => Object.values(resources(stack, 'AWS::IAM::Policy')));
    expect([own.length, elsewhere.length]).toEqual([1, others]);
    const role = Object.values(resources(gateStack, 'AWS::IAM::Role')).find(({ Description }) =>
      Description?.includes('Headgate doctor'),
    )!;
    const documents = [...own, ...elsewhere, ...role.Policies].map(({ PolicyDocument }) => PolicyDocument);
    const length = lengthOfPolicies(documents);
    expect(length).toBeLessThan(10_240);
    expect(length).toBeGreaterThan(50 * 40);
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
        'ssm:GetParametersByPath',
        'lambda:GetFunctionConcurrency',
        'lambda:GetFunctionConfiguration',
        'lambda:GetPolicy',
      ].sort(),
    );
    for (const { Resource } of statements) expect([Resource].flat()).not.toContain('*');
    const reads = statements.find(({ Action }) => Action === 'ssm:GetParametersByPath');
    expect(JSON.stringify(reads.Resource)).toContain(`:parameter/headgate/${gate.gateName}/doctor"`);
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

  test('an API that takes more than a parameter can hold is an error before anything is deployed', () => {
    const stack = newStack();
    const gate = gateIn(stack, { doctor: {} });
    const routes = Array.from({ length: 200 }, (_, i) => `POST /orders/{orderId}/items/${i}`);
    gate.attach({ restApiId: 'abcdef1234', stage: 'prod', routes: routes.slice(0, 50) });
    gate.attach({ restApiId: 'abcdef1235', stage: 'prod', routes });
    expect(() => Template.fromStack(stack)).toThrow(
      /HG229: what the doctor would have to know of "Stack\/Headgate\/Attached-rest-abcdef1235" is about \d+ characters long, and a parameter holds 4,096/,
    );
  });

  test('the ARN of the access log counts as long as it can be', () => {
    const attachedTo = (accessLogs: false | object) => {
      const stack = newStack();
      const routes = Array.from({ length: 98 }, (_, i) => `POST /orders/${100 + i}`);
      gateIn(stack, { doctor: {}, accessLogs }).attach({ restApiId: 'abcdef1234', stage: 'prod', routes });
      return stack;
    };
    expect(() => Template.fromStack(attachedTo(false))).not.toThrow();
    // A stack's name has up to 128 characters, and begins the names of its log groups.
    const arn = `arn:aws:logs:ap-southeast-1:123456789012:log-group:${'S'.repeat(128)}-HeadgateAccessLogsLogADF5B1F1-1ABCDEFGHIJKL:*`;
    const [api] = apisOf(attachedTo(false));
    expect(JSON.stringify({ api: { ...api, accessLog: arn } }).length).toBeGreaterThan(4096);
    expect(() => Template.fromStack(attachedTo({}))).toThrow(/HG229/);
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
