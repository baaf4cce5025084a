import { RemovalPolicy } from 'aws-cdk-lib';
import { AccessLogFormat, LogGroupLogDestination, type StageOptions } from 'aws-cdk-lib/aws-apigateway';
import { LogGroupLogDestination as HttpLogDestination, type HttpStageOptions } from 'aws-cdk-lib/aws-apigatewayv2';
import { LogGroup, RetentionDays } from 'aws-cdk-lib/aws-logs';
import type { Construct } from 'constructs';

/** One JSON line for each request: who was limited, by what, and whether the gate or the gateway did it. No key. */
const COMMON = {
  requestId: '$context.requestId',
  time: '$context.requestTime',
  status: '$context.status',
  sourceIp: '$context.identity.sourceIp',
  verdict: '$context.authorizer.verdict',
  limit: '$context.authorizer.limitName',
  client: '$context.authorizer.client',
};

export function restAccessLog(scope: Construct): StageOptions {
  const more = {
    method: '$context.httpMethod',
    route: '$context.resourcePath',
    response: '$context.error.responseType',
  };
  return {
    accessLogDestination: new LogGroupLogDestination(logGroup(scope, 'RestAccessLog')),
    accessLogFormat: AccessLogFormat.custom(JSON.stringify({ ...COMMON, ...more })),
  };
}

export function httpAccessLog(scope: Construct): HttpStageOptions {
  return {
    accessLogSettings: {
      destination: new HttpLogDestination(logGroup(scope, 'HttpAccessLog')),
      format: AccessLogFormat.custom(JSON.stringify({ ...COMMON, route: '$context.routeKey' })),
    },
  };
}

function logGroup(scope: Construct, id: string): LogGroup {
  return new LogGroup(scope, id, { retention: RetentionDays.ONE_WEEK, removalPolicy: RemovalPolicy.DESTROY });
}
