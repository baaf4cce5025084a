import { Duration, type Stack } from 'aws-cdk-lib';
import {
  Alarm,
  AlarmRule,
  AlarmState,
  AnomalyDetectionAlarm,
  CompositeAlarm,
  type IAlarm,
  MathExpression,
  Metric,
  TreatMissingData,
} from 'aws-cdk-lib/aws-cloudwatch';
import { SnsAction } from 'aws-cdk-lib/aws-cloudwatch-actions';
import { Topic } from 'aws-cdk-lib/aws-sns';
import { output } from './probe-stack.ts';

const period = Duration.minutes(1);
const metric = (metricName: string, gate: string): Metric =>
  new Metric({ namespace: 'Probe', metricName, dimensionsMap: { Gate: gate }, statistic: 'Sum', period });

/**
 * An alarm on the share of denied requests, which reports to a topic; the same for a gate that nobody uses; a plain one;
 * composite ones over the first, one of which the other suppresses; those that need what is not there.
 */
export function probeAlarms(stack: Stack): void {
  const topic = new Topic(stack, 'Topic');
  const rate = (id: string, gate: string): Alarm =>
    new Alarm(stack, id, {
      metric: new MathExpression({
        expression:
          'IF(FILL(limited,0)+FILL(allowed,0) >= 5, 100*FILL(limited,0)/(FILL(limited,0)+FILL(allowed,0)), 0)',
        usingMetrics: { limited: metric('Limited', gate), allowed: metric('Allowed', gate) },
        period,
      }),
      threshold: 20,
      evaluationPeriods: 1,
      treatMissingData: TreatMissingData.NOT_BREACHING,
    });
  const limited = rate('LimitedRate', 'probe');
  limited.addAlarmAction(new SnsAction(topic));
  const other = rate('OtherGateRate', 'unused');
  const plain = metric('Limited', 'probe').createAlarm(stack, 'LimitedCount', {
    threshold: 1_000_000,
    evaluationPeriods: 1,
  });
  const composite = (id: string, actionsSuppressor?: IAlarm): CompositeAlarm => {
    const alarmRule = AlarmRule.fromAlarm(limited, AlarmState.ALARM);
    const alarm = new CompositeAlarm(stack, id, { alarmRule, ...(actionsSuppressor && { actionsSuppressor }) });
    alarm.addAlarmAction(new SnsAction(topic));
    return alarm;
  };
  const page = composite('Page');
  const ticket = composite('Ticket', page);
  const band = new AnomalyDetectionAlarm(stack, 'Band', {
    metric: metric('Limited', 'probe'),
    evaluationPeriods: 1,
  });
  const ranking = new Alarm(stack, 'Ranking', {
    metric: new MathExpression({ expression: 'INSIGHT_RULE_METRIC("none", "UniqueContributors")', period }),
    threshold: 1,
    evaluationPeriods: 1,
  });
  output(stack, 'PageAlarm', page.alarmName);
  output(stack, 'TicketAlarm', ticket.alarmName);
  output(stack, 'BandAlarm', band.alarmName);
  output(stack, 'RankingAlarm', ranking.alarmName);
  output(stack, 'TopicArn', topic.topicArn);
  output(stack, 'LimitedAlarm', limited.alarmName);
  output(stack, 'OtherAlarm', other.alarmName);
  output(stack, 'PlainAlarm', plain.alarmName);
}
