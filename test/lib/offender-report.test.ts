import type { Stack } from 'aws-cdk-lib';
import { Match, Template } from 'aws-cdk-lib/assertions';
import { Key } from 'aws-cdk-lib/aws-kms';
import { Topic } from 'aws-cdk-lib/aws-sns';
import { REJECTION_EVENTS } from '../../lambda/report/rejection.ts';
import { gateIn, newStack, onlyResource, type Properties, resources, restApiIn } from './support/stacks.ts';

const plain = (value: unknown): string =>
  typeof value === 'string'
    ? value
    : ((value as { 'Fn::Join': [string, unknown[]] })['Fn::Join'][1] ?? [])
        .map((part) => (typeof part === 'string' ? part : 'REF'))
        .join('');

let stack: Stack;
let template: Template;
let gateName: string;
beforeAll(() => {
  stack = newStack();
  const gate = gateIn(stack, { report: {} });
  gate.protect(restApiIn(stack));
  gateName = gate.gateName;
  template = Template.fromStack(stack);
});

describe('the offender report', () => {
  const statements = (name: string): { Action: string | string[]; Resource: unknown }[] => {
    const roles = Object.entries(resources(stack, 'AWS::IAM::Role')).filter(([id]) => id.includes(name));
    return roles.flatMap(([, { Policies = [] }]) =>
      Policies.flatMap(({ PolicyDocument }: Properties) => PolicyDocument.Statement),
    );
  };

  test('is made when an alarm of the gate goes off, and for nothing else', () => {
    template.hasResourceProperties('AWS::Events::Rule', {
      EventPattern: {
        source: ['aws.cloudwatch'],
        'detail-type': ['CloudWatch Alarm State Change'],
        detail: { alarmName: [{ prefix: `${gateName}-` }], state: { value: ['ALARM'] } },
      },
      Targets: [Match.objectLike({ RetryPolicy: { MaximumEventAgeInSeconds: 900, MaximumRetryAttempts: 2 } })],
    });
  });

  test('goes to a topic of its own, under the key of the alarms, over TLS alone', () => {
    template.hasResourceProperties('AWS::SNS::Topic', {
      DisplayName: 'Headgate reports',
      KmsMasterKeyId: Match.anyValue(),
    });
    expect(Object.keys(resources(stack, 'AWS::KMS::Key'))).toHaveLength(1);
    const outputs = Object.keys(template.findOutputs('*'));
    expect(outputs.filter((key) => key.includes('HeadgateReportTopic'))).toHaveLength(1);
  });

  test('may read the rejection log and four rules, publish to its topic, and nothing of the tables', () => {
    const all = statements('HeadgateReportRole');
    const actions = all.flatMap(({ Action }) => Action);
    expect(actions.sort()).toEqual([
      'cloudwatch:GetInsightRuleReport',
      'kms:Decrypt',
      'kms:GenerateDataKey',
      'logs:CreateLogStream',
      'logs:FilterLogEvents',
      'logs:PutLogEvents',
      'sns:Publish',
    ]);
    for (const { Resource } of all) expect([Resource].flat()).not.toContain('*');
  });

  test('with false there is none; with a topic of one’s own no other, and its key only where it is named', () => {
    const without = newStack();
    gateIn(without, { report: false }).protect(restApiIn(without));
    expect(Object.keys(resources(without, 'AWS::IAM::Role')).filter((id) => id.includes('Report'))).toEqual([]);

    stack = newStack();
    const key = new Key(stack, 'MyKey');
    const topic = new Topic(stack, 'Mine', { masterKey: key });
    gateIn(stack, { report: { topic, key, https: 'amazon-q' } }).protect(restApiIn(stack));
    const names = Object.values(resources(stack, 'AWS::SNS::Topic')).map(({ DisplayName }) => DisplayName);
    expect(names).not.toContain('Headgate reports');
    const kms = statements('HeadgateReportRole').filter(({ Action }) => [Action].flat().includes('kms:Decrypt'));
    expect(kms.map(({ Resource }) => Resource)).toEqual([stack.resolve(key.keyArn)]);
    Template.fromStack(stack).hasResourceProperties('AWS::Lambda::Function', {
      Environment: { Variables: Match.objectLike({ HEADGATE_REPORT_HTTPS: 'amazon-q' }) },
    });
  });
});

describe('Contributor Insights and saved queries', () => {
  test('four rules over the authorizer’s log, within CloudWatch’s bounds, counting what a line stands for', () => {
    const rules = Object.values(resources(stack, 'AWS::CloudWatch::InsightRule'));
    expect(rules.map(({ RuleName }) => RuleName)).toEqual(
      ['subjects', 'clients', 'addresses', 'routes'].map((name) => `${gateName}-limited-${name}`),
    );
    for (const { RuleBody } of rules) {
      const body = JSON.parse(plain(RuleBody));
      expect(body).toMatchObject({
        Schema: { Name: 'CloudWatchLogRule', Version: 1 },
        LogGroupNames: ['REF'],
        LogFormat: 'JSON',
        Contribution: { ValueOf: '$.represents' },
        AggregateOn: 'Sum',
      });
      const { Keys, Filters } = body.Contribution;
      expect(Keys.length).toBeLessThanOrEqual(4);
      expect(Filters.length).toBeLessThanOrEqual(4);
      for (const { In = [] } of Filters) for (const event of In) expect(REJECTION_EVENTS).toContain(event);
    }
    const [subjects] = rules;
    // The number of contributors is that of callers: alarms count them.
    expect(JSON.parse(plain(subjects!.RuleBody)).Contribution.Keys).toEqual(['$.subject']);
  });

  test('queries are saved over the same log, in the gate’s folder', () => {
    const queries = Object.values(resources(stack, 'AWS::Logs::QueryDefinition'));
    expect(queries.map(({ Name }) => Name)).toContain(`headgate/${gateName}/who is turned away`);
    const ids = Object.keys(resources(stack, 'AWS::Logs::LogGroup')).filter((id) => id.includes('Authorizer'));
    for (const { LogGroupNames } of queries) expect(LogGroupNames).toEqual([{ Ref: ids[0] }]);
  });
});

test('without alarms, the topic of the reports has a key of its own', () => {
  const stack = newStack();
  gateIn(stack, { alarms: false, doctor: false, report: {} }).protect(restApiIn(stack));
  expect(onlyResource(stack, 'AWS::SNS::Topic').DisplayName).toBe('Headgate reports');
  expect(Object.keys(resources(stack, 'AWS::KMS::Key'))).toHaveLength(1);
});
