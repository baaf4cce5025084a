import { Duration } from 'aws-cdk-lib';
import { GraphWidget, type IMetric, MathExpression, Metric } from 'aws-cdk-lib/aws-cloudwatch';
import type { CfnFunction } from 'aws-cdk-lib/aws-lambda';
import type { ILogGroup } from 'aws-cdk-lib/aws-logs';
import type { AuthorizerFunction } from '../authorizer-function.ts';
import { gateMetric } from '../gate-metrics.ts';

/** US dollars in us-east-1, on demand, ARM; without the free tiers. As texts: metric math knows no exponents. */
const USD = {
  writeUnit: '0.625/1000000',
  lambdaRequest: '0.2/1000000',
  lambdaGigabyteSecond: '13.3334/1000000',
  logByte: `0.5/${1024 ** 3}`,
};
const HOUR = { period: Duration.hours(1), statistic: 'Sum' };

/** What the gate costs by the hour, estimated from what it has used. API Gateway, alarms and storage are not in it. */
export function costWidget(
  gateName: string,
  authorizer: AuthorizerFunction,
  logGroups: readonly ILogGroup[],
  size: { readonly width: number; readonly height: number },
): GraphWidget {
  const { memorySize = 128 } = authorizer.fn.node.defaultChild as CfnFunction;
  const gigabyteSeconds = `time/1000*${memorySize}/1024`;
  const bytes = Object.fromEntries(logGroups.map((group, index) => [`bytes${index}`, incomingBytes(group)]));
  const invocations = authorizer.fn.metricInvocations(HOUR);
  const duration = authorizer.fn.metricDuration(HOUR);
  return new GraphWidget({
    ...size,
    title: 'Estimated cost, $ an hour',
    stacked: true,
    period: HOUR.period,
    left: [
      dollars('Counters', `writes*${USD.writeUnit}`, { writes: gateMetric('WriteUnits', gateName, HOUR) }),
      dollars('Authorizer', `calls*${USD.lambdaRequest}+${gigabyteSeconds}*${USD.lambdaGigabyteSecond}`, {
        calls: invocations,
        time: duration,
      }),
      dollars('Logs', `(${Object.keys(bytes).join('+')})*${USD.logByte}`, bytes),
    ],
    leftYAxis: { min: 0 },
  });
}

function incomingBytes({ logGroupName }: ILogGroup): Metric {
  const dimensionsMap = { LogGroupName: logGroupName };
  return new Metric({ namespace: 'AWS/Logs', metricName: 'IncomingBytes', dimensionsMap, ...HOUR });
}

function dollars(label: string, expression: string, usingMetrics: Record<string, IMetric>): MathExpression {
  return new MathExpression({ label, expression, usingMetrics, period: HOUR.period });
}
