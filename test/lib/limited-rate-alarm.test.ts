import { Topic } from 'aws-cdk-lib/aws-sns';
import { gateIn, newStack, onlyResource, type Properties, resources } from './support/stacks.ts';

const ALARM = 'AWS::CloudWatch::Alarm';

describe('the alarm on the share of limited requests', () => {
  test('is one math expression over both metrics, guarded against thin traffic', () => {
    const stack = newStack();
    const gate = gateIn(stack);
    const alarm = onlyResource(stack, ALARM);
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
    gateIn(stack);
    expect(onlyResource(stack, ALARM)).toMatchObject({
      Threshold: 10,
      ComparisonOperator: 'GreaterThanOrEqualToThreshold',
      EvaluationPeriods: 5,
      DatapointsToAlarm: 3,
      TreatMissingData: 'notBreaching',
    });
  });

  test('can go off within a minute', () => {
    const stack = newStack();
    gateIn(stack, { alarm: { thresholdPercent: 5, minimumRequests: 20, periods: 1 } });
    const alarm = onlyResource(stack, ALARM);
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

  test('false: none, and no topic', () => {
    const stack = newStack();
    expect(gateIn(stack, { alarm: false }).alarm).toBeUndefined();
    expect(resources(stack, ALARM)).toEqual({});
    expect(resources(stack, 'AWS::SNS::Topic')).toEqual({});
  });

  test('goes straight to a topic that is given', () => {
    const stack = newStack();
    const topic = new Topic(stack, 'Mine');
    gateIn(stack, { alarm: { topic } });
    expect(onlyResource(stack, ALARM).AlarmActions).toEqual([stack.resolve(topic.topicArn)]);
    expect(resources(stack, 'AWS::KMS::Key')).toEqual({});
  });
});

describe('its own topic', () => {
  const fromThisAccount = { StringEquals: { 'aws:SourceAccount': { Ref: 'AWS::AccountId' } } };
  const cloudwatch = { Service: 'cloudwatch.amazonaws.com' };

  test('is encrypted with a customer key that CloudWatch may use for this account', () => {
    const stack = newStack();
    gateIn(stack);
    const [key] = Object.keys(resources(stack, 'AWS::KMS::Key'));
    expect(onlyResource(stack, 'AWS::SNS::Topic').KmsMasterKeyId).toEqual({ 'Fn::GetAtt': [key, 'Arn'] });
    expect(onlyResource(stack, 'AWS::KMS::Key')).toMatchObject({ EnableKeyRotation: true });
    expect(onlyResource(stack, 'AWS::KMS::Key').KeyPolicy.Statement).toContainEqual({
      Sid: 'AlarmsEncrypt',
      Effect: 'Allow',
      Principal: cloudwatch,
      Action: ['kms:Decrypt', 'kms:GenerateDataKey*'],
      Resource: '*',
      Condition: fromThisAccount,
    });
  });

  test('lets alarms of this account publish, and nobody without TLS', () => {
    const stack = newStack();
    gateIn(stack);
    const [topic] = Object.keys(resources(stack, 'AWS::SNS::Topic'));
    const { Statement } = onlyResource(stack, 'AWS::SNS::TopicPolicy').PolicyDocument;
    expect(Statement).toContainEqual({
      Sid: 'AlarmsPublish',
      Effect: 'Allow',
      Principal: cloudwatch,
      Action: 'sns:Publish',
      Resource: { Ref: topic },
      Condition: fromThisAccount,
    });
    expect(Statement).toContainEqual(
      expect.objectContaining({ Effect: 'Deny', Condition: { Bool: { 'aws:SecureTransport': 'false' } } }),
    );
  });
});
