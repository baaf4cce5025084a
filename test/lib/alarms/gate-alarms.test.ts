import { readFileSync } from 'node:fs';
import path from 'node:path';
import { App, Stack } from 'aws-cdk-lib';
import { Topic } from 'aws-cdk-lib/aws-sns';
import { AwsSolutionsChecks } from 'cdk-nag';
import { ALARM_IDS, type AlarmId, alarmDescription } from '../../../lambda/policy/alarm-catalogue.ts';
import { METRIC_DESCRIPTIONS } from '../../../lambda/signals/metric-names.ts';
import { type HeadgateProps, RateLimitPolicy } from '../../../lib/index.ts';
import { gateIn, newStack, POLICY, type Properties, resources, restApiIn } from '../support/stacks.ts';

const ALARM = 'AWS::CloudWatch::Alarm';
const COMPOSITE = 'AWS::CloudWatch::CompositeAlarm';
const withAlarms = (...lines: string[]) =>
  RateLimitPolicy.fromString(`${POLICY}\nalarms:\n${lines.map((line) => `  ${line}\n`).join('')}`);

function synthesised(props: Partial<HeadgateProps> = {}) {
  const stack = newStack('Stack', new App());
  const gate = gateIn(stack, { accessLogs: {}, doctor: {}, ...props });
  gate.protect(restApiIn(stack));
  const named = (type: string) =>
    new Map<string, Properties>(
      Object.values(resources(stack, type)).map((properties) => [
        String(properties.AlarmName).slice(gate.gateName.length + 1),
        properties,
      ]),
    );
  return { stack, gate, alarms: named(ALARM), composites: named(COMPOSITE) };
}

const normal = synthesised();
const { stack, gate } = normal;
const topicRef = (severity: 'page' | 'ticket') => stack.resolve(gate.alarms!.topicOf(severity).topicArn);

test('the stack has the alarms of the catalogue, and the runbook a heading for each', () => {
  expect([...normal.alarms.keys()].sort()).toEqual([...ALARM_IDS].sort());
  const runbook = readFileSync(path.join(__dirname, '../../../docs/runbook.md'), 'utf8');
  for (const id of ALARM_IDS) expect(runbook).toContain(`\n## ${id}\n`);
});

test.each(ALARM_IDS)('%s: description with its numbers and its place in the runbook, and tags', (id) => {
  const { AlarmDescription, Tags } = normal.alarms.get(id)!;
  const { meaning, severity, minimum } = alarmDescription(id);
  expect(AlarmDescription).toContain(meaning);
  expect(AlarmDescription).toMatch(new RegExp(`docs/runbook\\.md#${id}$`));
  if (minimum) expect(AlarmDescription).toContain(` ${minimum.default} ${minimum.of}`);
  expect(Tags).toEqual([
    { Key: 'headgate:alarm', Value: id },
    { Key: 'headgate:gate', Value: gate.gateName },
    { Key: 'headgate:severity', Value: severity },
  ]);
});

test.each(ALARM_IDS)('%s: what CloudWatch allows in an alarm', (id) => {
  const { Metrics = [], AlarmDescription, EvaluationPeriods } = normal.alarms.get(id)!;
  const stats = (Metrics as Properties[]).flatMap(({ MetricStat }) => MetricStat ?? []);
  expect(stats.length).toBeLessThanOrEqual(10);
  expect(new Set(stats.map(({ Period }) => Period)).size).toBeLessThanOrEqual(1);
  for (const { Expression = '', Period } of Metrics) {
    expect(Expression).not.toMatch(/SEARCH|METRICS\(/);
    // Nothing else would say how often.
    if (Expression.includes('INSIGHT_RULE_METRIC')) expect(Period).toBe(60);
  }
  expect(AlarmDescription.length).toBeLessThanOrEqual(1024);
  expect(EvaluationPeriods * (stats[0]?.Period ?? 60)).toBeLessThanOrEqual(86_400);
});

test('every metric of ours that an alarm looks at is written by the authorizer, or counted from the access log', () => {
  const looked = [...normal.alarms.values()].flatMap((alarm) =>
    (alarm.Metrics ?? [{ MetricStat: { Metric: alarm } }]).flatMap(
      ({ MetricStat }: Properties) => MetricStat?.Metric ?? [],
    ),
  );
  const ours = looked.filter(({ Namespace }) => Namespace === 'Headgate');
  expect(ours.length).toBeGreaterThan(20);
  for (const { MetricName, Dimensions } of ours) {
    expect([...Object.keys(METRIC_DESCRIPTIONS), 'GatewayThrottled']).toContain(MetricName);
    expect(Dimensions).toEqual([{ Name: 'Gate', Value: gate.gateName }]);
  }
});

describe('one cause, one message', () => {
  const membersOf = ({ AlarmRule }: Properties): string[] => {
    const parts: unknown[] = AlarmRule['Fn::Join'][1];
    const ids = parts.flatMap((part) => (part as Properties)['Fn::GetAtt']?.[0] ?? []);
    expect(parts.filter((part) => typeof part === 'string').join('_')).toBe(
      `ALARM("${ids.map(() => '_').join('") OR ALARM("')}")`,
    );
    return ids.map((id) => resources(stack, ALARM)[id]!.AlarmName.slice(gate.gateName.length + 1)).sort();
  };

  test.each([
    ['callers-page', ['limited-rate', 'many-limited', 'unauthorized-rate']],
    ['callers-ticket', ['gateway-throttles', 'limited-rise', 'one-limited']],
    ['limiter-page', ['authorizer-errors', 'failing-closed', 'failing-open']],
    ['limiter-ticket', ['decision-time', 'store-errors']],
  ])('%s speaks for %j, and names them with their place in the runbook', (name, members) => {
    const composite = normal.composites.get(name)!;
    expect(membersOf(composite)).toEqual(members);
    for (const id of members) {
      expect(composite.AlarmDescription).toContain(`#${id}`);
      expect(normal.alarms.get(id)!.AlarmActions).toBeUndefined();
      expect(gate.alarms!.heardAs(id as AlarmId)).toMatchObject({ node: expect.anything() });
    }
    expect(composite.AlarmDescription).toContain(`. First: npx headgate status --stack ${Stack.of(gate).stackName}\n`);
    expect(composite.AlarmDescription.length).toBeLessThanOrEqual(1024);
  });

  test('pages go to the one topic and say when they are over, tickets to the other and wait for their page', () => {
    for (const cause of ['callers', 'limiter']) {
      const page = normal.composites.get(`${cause}-page`)!;
      const ticket = normal.composites.get(`${cause}-ticket`)!;
      expect([page.AlarmActions, page.OKActions]).toEqual([[topicRef('page')], [topicRef('page')]]);
      expect(page.ActionsSuppressor).toBeUndefined();
      expect([ticket.AlarmActions, ticket.OKActions]).toEqual([[topicRef('ticket')], undefined]);
      const [pageId] = Object.entries(resources(stack, COMPOSITE)).find(
        ([, { AlarmName }]) => AlarmName === page.AlarmName,
      )!;
      expect(ticket.ActionsSuppressor).toEqual({ 'Fn::GetAtt': [pageId, 'Arn'] });
      expect([ticket.ActionsSuppressorWaitPeriod, ticket.ActionsSuppressorExtensionPeriod]).toEqual([300, 600]);
    }
    expect(normal.composites.size).toBe(4);
  });

  test('what is of no group speaks for itself', () => {
    for (const id of ['quota-near', 'doctor'])
      expect(normal.alarms.get(id)!.AlarmActions).toEqual([topicRef('ticket')]);
  });
});

describe('what differs', () => {
  test('by the policy, and before it by the properties', () => {
    const { alarms, composites } = synthesised({
      policy: withAlarms(
        'limited-rate: { severity: ticket, threshold: 25 }',
        'many-limited: { severity: none }',
        'unauthorized-rate: { severity: none }',
        'doctor: { severity: page }',
        'quota-near: { threshold: 5 }',
        'runbook: https://wiki.example.com/headgate',
      ),
      alarms: { rules: { 'limited-rate': { periods: 2 }, 'quota-near': { threshold: 7 } } },
    });
    expect(alarms.get('limited-rate')).toMatchObject({ Threshold: 25, EvaluationPeriods: 2, DatapointsToAlarm: 2 });
    expect(alarms.get('limited-rate')!.AlarmDescription).toMatch(
      /Runbook: https:\/\/wiki\.example\.com\/headgate#limited-rate$/,
    );
    expect(alarms.get('quota-near')).toMatchObject({ Threshold: 7 });
    expect([...alarms.keys()]).not.toContain('many-limited');
    expect([...composites.keys()]).not.toContain('callers-page');
    expect(composites.get('callers-ticket')!.ActionsSuppressor).toBeUndefined();
  });

  test('a number out of its bounds is refused with what is allowed', () => {
    const rules = { 'many-limited': { threshold: 1 } };
    expect(() => gateIn(newStack(), { alarms: { rules } })).toThrow(
      /^HG227: alarms\.rules\['many-limited'\]\.threshold is 1; allowed: 2 to 1000000 clients and addresses/,
    );
  });

  test('without an access log there is no alarm on what only it tells', () => {
    const { alarms } = synthesised({ accessLogs: false });
    expect([...alarms.keys()].sort()).toEqual(ALARM_IDS.filter((id) => id !== 'gateway-throttles').sort());
  });
});

describe('who hears', () => {
  const receivers = [
    'page:',
    '  email: [a@example.com, b@example.com]',
    '  https: https://events.pagerduty.com/integration/abc/enqueue',
    '  slack: { workspace: T0123ABCD, channel: C0123ABCD }',
    'ticket: { slack: { workspace: T0123ABCD, channel: C0123ABCD } }',
  ];

  test('e-mail, addresses to post to, and one configuration for a channel of Slack that hears both', () => {
    const { stack, gate } = synthesised({ policy: withAlarms(...receivers) });
    const [page, ticket] = (['page', 'ticket'] as const).map((s) => stack.resolve(gate.alarms!.topicOf(s).topicArn));
    const subscriptions = Object.values(resources(stack, 'AWS::SNS::Subscription'));
    expect(subscriptions.map(({ Protocol, Endpoint, TopicArn }) => [Protocol, Endpoint, TopicArn])).toEqual([
      ['email', 'a@example.com', page],
      ['email', 'b@example.com', page],
      ['https', 'https://events.pagerduty.com/integration/abc/enqueue', page],
    ]);
    const channels = Object.values(resources(stack, 'AWS::Chatbot::SlackChannelConfiguration'));
    expect(channels).toHaveLength(1);
    expect(channels[0]).toMatchObject({
      SlackWorkspaceId: 'T0123ABCD',
      SlackChannelId: 'C0123ABCD',
      SnsTopicArns: [page, ticket],
    });
    expect(JSON.stringify(channels[0]!.GuardrailPolicies)).toContain('AWSDenyAll');
  });

  test('an existing topic of the policy, or of the app, which comes before it', () => {
    const arn = 'arn:aws:sns:eu-west-1:123456789012:on-call';
    const fromPolicy = synthesised({ policy: withAlarms(`page: { topic: "${arn}", email: a@example.com }`) });
    expect(fromPolicy.composites.get('callers-page')!.AlarmActions).toEqual([arn]);
    expect(Object.values(resources(fromPolicy.stack, 'AWS::SNS::Subscription'))).toMatchObject([{ TopicArn: arn }]);

    const stack = newStack();
    const mine = new Topic(stack, 'Mine');
    gateIn(stack, { policy: withAlarms(`page: { topic: "${arn}" }`), alarms: { pageTopic: mine } });
    const composites = Object.values(resources(stack, COMPOSITE));
    const page = composites.find(({ AlarmName }) => AlarmName.endsWith('callers-page'))!;
    expect(page.AlarmActions).toEqual([stack.resolve(mine.topicArn)]);
  });

  test('cdk-nag finds nothing in alarms, topics and receivers', () => {
    const { stack } = synthesised({ policy: withAlarms(...receivers) });
    const found = new AwsSolutionsChecks(stack.node.root as App)
      .validateScope(stack)
      .violations.flatMap(({ ruleName, violatingResources }) =>
        violatingResources.map(({ constructPath }) => `${ruleName} ${constructPath}`),
      );
    expect(found.length).toBeGreaterThan(0);
    expect(found.filter((finding) => finding.includes('/Alarm/'))).toEqual([]);
  });
});
