import type { Stack } from 'aws-cdk-lib';
import { Topic } from 'aws-cdk-lib/aws-sns';
import { RateLimitPolicy } from '../../../lib/index.ts';
import { gateIn, newStack, POLICY, type Properties, resources } from '../support/stacks.ts';

const ALARM = 'AWS::CloudWatch::Alarm';
type Gate = ReturnType<typeof gateIn>;
const inTemplate = (stack: Stack, { alarm }: Gate) =>
  resources(stack, ALARM)[stack.getLogicalId(alarm!.alarm.node.defaultChild as never)]!;

describe('the alarm on the share of limited requests', () => {
  test('is one math expression over both metrics, guarded against thin traffic', () => {
    const stack = newStack();
    const gate = gateIn(stack);
    const alarm = inTemplate(stack, gate);
    const total = 'FILL(allowed,0)+FILL(limited,0)';
    const [expression, ...metrics] = alarm.Metrics;
    expect(expression).toMatchObject({
      Expression: `IF(${total} >= 100, 100*FILL(limited,0)/(${total}), 0)`,
      ReturnData: true,
    });
    expect(metrics.map((metric: Properties) => [metric.Id, metric.ReturnData, metric.MetricStat])).toEqual(
      ['Allowed', 'Limited'].map((MetricName) => [
        MetricName.toLowerCase(),
        false,
        {
          Metric: { Namespace: 'Headgate', MetricName, Dimensions: [{ Name: 'Gate', Value: gate.gateName }] },
          Period: 60,
          Stat: 'Sum',
        },
      ]),
    );
  });

  test('wants 10 % in 3 of 5 minutes, and takes missing data for calm', () => {
    const stack = newStack();
    const gate = gateIn(stack);
    expect(inTemplate(stack, gate)).toMatchObject({
      Threshold: 10,
      ComparisonOperator: 'GreaterThanOrEqualToThreshold',
      EvaluationPeriods: 5,
      DatapointsToAlarm: 3,
      TreatMissingData: 'notBreaching',
    });
  });

  test('can go off within a minute', () => {
    const stack = newStack();
    const gate = gateIn(stack, { alarm: { thresholdPercent: 5, minimumRequests: 20, periods: 1 } });
    const alarm = inTemplate(stack, gate);
    expect(alarm).toMatchObject({ Threshold: 5, EvaluationPeriods: 1, DatapointsToAlarm: 1 });
    expect(alarm.Metrics[0].Expression).toContain('>= 20,');
  });

  test.each([
    ['thresholdPercent', 0],
    ['thresholdPercent', 100.5],
    ['minimumRequests', 0],
    ['minimumRequests', 1.5],
    ['periods', 0],
    ['periods', 61],
    ['datapointsToAlarm', 6],
  ])('%s: %d is refused with what is allowed', (name, value) => {
    expect(() => gateIn(newStack(), { alarm: { [name]: value } })).toThrow(
      new RegExp(`^HG227: alarm\\.${name} is ${value}; allowed: `),
    );
  });

  test.each([{ alarm: false }, { alarms: false }] as const)('%j: no alarm at all, and no topic', (props) => {
    const stack = newStack();
    const gate = gateIn(stack, props);
    expect([gate.alarm, gate.alarms]).toEqual([undefined, undefined]);
    expect(resources(stack, ALARM)).toEqual({});
    expect(resources(stack, 'AWS::SNS::Topic')).toEqual({});
  });

  test('its numbers stand before those of `alarms` and of the policy, and a topic is for pages and tickets', () => {
    const stack = newStack();
    const topic = new Topic(stack, 'Mine');
    const policy = RateLimitPolicy.fromString(
      `${POLICY}\nalarms: { limited-rate: { threshold: 20, minimum: 30, periods: 4, datapoints: 4 } }\n`,
    );
    const rules = { 'limited-rate': { minimum: 40 } };
    const gate = gateIn(stack, { policy, alarm: { topic, thresholdPercent: 50 }, alarms: { rules } });
    const alarm = inTemplate(stack, gate);
    expect(alarm).toMatchObject({ Threshold: 50, EvaluationPeriods: 4, DatapointsToAlarm: 4 });
    expect(alarm.Metrics[0].Expression).toContain('>= 40,');
    const composites = Object.values(resources(stack, 'AWS::CloudWatch::CompositeAlarm'));
    expect(composites).toHaveLength(4);
    for (const { AlarmActions } of composites) expect(AlarmActions).toEqual([stack.resolve(topic.topicArn)]);
    expect(resources(stack, 'AWS::KMS::Key')).toEqual({});
  });
});
