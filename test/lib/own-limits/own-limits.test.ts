import { App, Duration, RemovalPolicy, Stack } from 'aws-cdk-lib';
import { Template } from 'aws-cdk-lib/assertions';
import { Code, type FunctionProps, Function as LambdaFunction, Runtime } from 'aws-cdk-lib/aws-lambda';
import { LogGroup } from 'aws-cdk-lib/aws-logs';
import { gateIn, newStack, type Properties, resources, warnings } from '../support/stacks.ts';

const own = (stack: Stack, id = 'Own', props: Partial<FunctionProps> = {}) =>
  new LambdaFunction(stack, id, {
    code: Code.fromInline('exports.handler = async () => ({ statusCode: 200 })'),
    handler: 'index.handler',
    runtime: Runtime.NODEJS_22_X,
    ...props,
  });
const of = (stack: Stack, type: string, prefix: string): Properties => {
  const found = Object.entries(resources(stack, type)).find(([id]) => id.startsWith(prefix));
  if (!found) throw new Error(`no ${type} ${prefix}`);
  return found[1];
};
const logGroupsOf = (stack: Stack) =>
  Object.values(resources(stack, 'AWS::CloudWatch::InsightRule')).map(({ RuleBody }) => {
    const text = JSON.stringify(RuleBody);
    return text.slice(text.indexOf('LogGroupNames'), text.indexOf('LogFormat'));
  });

describe('grantRateLimit', () => {
  test('the function may count and read blocks and overrides, no more, and knows the tables and the gate', () => {
    const stack = newStack();
    gateIn(stack, { gateName: 'shop', metricsInterval: Duration.seconds(5) }).grantRateLimit(own(stack));
    expect(of(stack, 'AWS::Lambda::Function', 'Own').Environment.Variables).toMatchObject({
      HEADGATE_COUNTERS_TABLE: { Ref: expect.stringMatching('HeadgateCounters') },
      HEADGATE_GATE: 'shop',
      HEADGATE_FLUSH_MS: '5000',
    });
    const [count, read, ...others] = of(stack, 'AWS::IAM::Policy', 'OwnServiceRole').PolicyDocument.Statement;
    expect(count.Action).toBe('dynamodb:UpdateItem');
    expect(JSON.stringify(count.Resource)).toContain('HeadgateCounters');
    expect(read).toMatchObject({
      Action: 'dynamodb:Query',
      Condition: { 'ForAllValues:StringEquals': { 'dynamodb:LeadingKeys': ['blocks'] } },
    });
    expect(JSON.stringify(read.Resource)).toContain('HeadgateRegistry');
    expect(others).toEqual([]);
  });

  test('rules, report and the command line read its log too, beside the authorizer’s', () => {
    const stack = newStack();
    const gate = gateIn(stack, { report: {} });
    const [fn, other] = [own(stack), own(stack, 'Other')];
    for (const one of [fn, other, fn]) gate.grantRateLimit(one);
    const rules = logGroupsOf(stack);
    expect(rules).toHaveLength(4);
    for (const rule of rules) {
      for (const id of ['HeadgateAuthorizerLogs', 'Own', 'Other']) expect(rule.split(`{"Ref":"${id}`)).toHaveLength(2);
    }
    const report = of(stack, 'AWS::Lambda::Function', 'HeadgateReport');
    const names = JSON.stringify(report.Environment.Variables.HEADGATE_OWN_LOG_GROUPS);
    expect(names).toMatch(/\/aws\/lambda\/.*Own.*,\/aws\/lambda\/.*Other/);
    expect(report.Environment.Variables.HEADGATE_LIMITS.split(',')).toContain('client');
    const outputs = Template.fromStack(stack).findOutputs('*');
    const [output] = Object.keys(outputs).filter((key) => key.includes('HeadgateOwnLogGroups'));
    expect(JSON.stringify(outputs[output!]!.Value)).toBe(names);
    const { Statement } = of(stack, 'AWS::IAM::Policy', 'HeadgateReportRole').PolicyDocument;
    for (const { Action, Resource } of Statement) {
      expect(Action).toBe('logs:FilterLogEvents');
      expect(Resource).toHaveLength(2);
      expect(JSON.stringify(Resource)).toMatch(/log-group:\/aws\/lambda\//);
    }
    expect(Statement).toHaveLength(2);
    expect(warnings(stack).filter((text) => text.includes('stands in its log alone'))).toEqual([]);
  });

  test('without it nothing differs', () => {
    const stack = newStack();
    gateIn(stack, { report: {} });
    const template = JSON.stringify(Template.fromStack(stack).toJSON());
    expect(template).not.toContain('OWN_LOG_GROUPS');
    expect(template).not.toContain('HEADGATE_LIMITS');
    expect(template).not.toContain('HeadgateOwnLogGroups');
  });

  test('a log group of the app is read by saved queries too; makes no resource of its own', () => {
    const stack = newStack();
    const gate = gateIn(stack);
    const logGroup = new LogGroup(stack, 'Mine', { removalPolicy: RemovalPolicy.DESTROY });
    gate.grantRateLimit(own(stack, 'Own', { logGroup }));
    gate.grantRateLimit(own(stack, 'Other'));
    for (const { LogGroupNames } of Object.values(resources(stack, 'AWS::Logs::QueryDefinition'))) {
      expect(LogGroupNames).toEqual([expect.anything(), { Ref: expect.stringMatching(/^Mine/) }]);
    }
    expect(Object.keys(resources(stack, 'Custom::LogRetention'))).toEqual([]);
  });

  test('a function of another stack: read where its name is known, named in a warning where it is not', () => {
    const app = new App();
    const stack = new Stack(app, 'Gate');
    const gate = gateIn(stack, { report: {} });
    const [far, known] = [new Stack(app, 'Far'), new Stack(app, 'Known')];
    gate.grantRateLimit(own(far));
    gate.grantRateLimit(own(known, 'Own', { functionName: 'log-in' }));
    // No circle of stacks.
    app.synth();
    expect(warnings(far)).toEqual([expect.stringContaining('give the function a functionName')]);
    expect(warnings(known)).toEqual([]);
    expect(logGroupsOf(stack)[0]).toContain('/aws/lambda/log-in');
    expect(of(far, 'AWS::Lambda::Function', 'Own').Environment.Variables).toHaveProperty('HEADGATE_GATE');
  });

  test('the log of an authorizer of the app is read too, and nothing is granted for it', () => {
    const stack = newStack();
    gateIn(stack).grantLimit(own(stack));
    expect(logGroupsOf(stack)[0]).toContain('{"Ref":"Own');
    const { Statement } = of(stack, 'AWS::IAM::Policy', 'OwnServiceRole').PolicyDocument;
    expect(JSON.stringify(Statement)).not.toContain('logs:');
  });

  test('more logs than Contributor Insights reads', () => {
    const stack = newStack();
    const gate = gateIn(stack);
    for (let i = 0; i < 20; i++) gate.grantRateLimit(own(stack, `Own${i}`));
    expect(warnings(stack).filter((text) => text.includes('20 logs at most'))).toHaveLength(1);
  });

  test('functions that share a log are one of them', () => {
    const stack = newStack();
    const gate = gateIn(stack, { report: {} });
    const logGroup = new LogGroup(stack, 'Mine', { removalPolicy: RemovalPolicy.DESTROY });
    for (let i = 0; i < 25; i++) gate.grantRateLimit(own(stack, `Own${i}`, { logGroup }));
    expect(warnings(stack).filter((text) => text.includes('20 logs at most'))).toEqual([]);
    expect(logGroupsOf(stack)[0]!.split('{"Ref":"Mine')).toHaveLength(2);
  });
});
