import { Duration, RemovalPolicy, type Stack } from 'aws-cdk-lib';
import {
  AccessLogFormat,
  ApiKeySourceType,
  CfnMethod,
  LambdaIntegration,
  LogGroupLogDestination,
  Period,
  RequestAuthorizer,
  ResponseType,
  RestApi,
} from 'aws-cdk-lib/aws-apigateway';
import { LogGroup } from 'aws-cdk-lib/aws-logs';
import { invocationUri, output, type ProbeFunctions } from './probe-stack.ts';

export const PLAN_KEY = 'probe-plan-key-0123456789';
/** What the plan allows in a day. */
export const PLAN_QUOTA = 2;

/**
 * `GET /notes` behind the authorizer, `GET /keyed` under a usage plan, `GET /unpermitted` whose function nobody may call.
 * With the context `later` there is also `POST /notes`, which the deployment does not know of.
 */
export function probeRestApi(stack: Stack, { authorizer: handler, backend }: ProbeFunctions): void {
  const accessLog = new LogGroup(stack, 'AccessLog', {
    logGroupName: 'probe-access',
    removalPolicy: RemovalPolicy.DESTROY,
  });
  const api = new RestApi(stack, 'Rest', {
    apiKeySourceType: ApiKeySourceType.AUTHORIZER,
    deployOptions: {
      stageName: 'prod',
      accessLogDestination: new LogGroupLogDestination(accessLog),
      accessLogFormat: AccessLogFormat.custom(
        '{"id":"$context.requestId","status":"$context.status","type":"$context.error.responseType","limit":"$context.authorizer.limit"}',
      ),
    },
    cloudWatchRole: false,
  });
  const authorizer = new RequestAuthorizer(stack, 'RestAuthorizer', {
    handler,
    identitySources: [],
    resultsCacheTtl: Duration.seconds(0),
  });
  const notes = api.root.addResource('notes');
  notes.addMethod('GET', new LambdaIntegration(backend), { authorizer });
  api.root.addResource('keyed').addMethod('GET', new LambdaIntegration(backend), { authorizer, apiKeyRequired: true });
  const integration = { type: 'AWS_PROXY', integrationHttpMethod: 'POST', uri: invocationUri(stack, handler) };
  const unpermitted = api.root.addResource('unpermitted').resourceId;
  const method = { restApiId: api.restApiId, authorizationType: 'NONE', integration };
  api.latestDeployment?.node.addDependency(
    new CfnMethod(stack, 'Unpermitted', { ...method, resourceId: unpermitted, httpMethod: 'GET' }),
  );
  if (stack.node.tryGetContext('later')) {
    new CfnMethod(stack, 'Later', { ...method, resourceId: notes.resourceId, httpMethod: 'POST' });
  }
  api.addGatewayResponse('Denied', {
    type: ResponseType.ACCESS_DENIED,
    statusCode: '429',
    responseHeaders: { 'Retry-After': 'context.authorizer.retryAfter' },
    templates: { 'application/json': '{"detail":"$context.authorizer.detail"}' },
  });
  const plan = api.addUsagePlan('Plan', {
    apiStages: [{ stage: api.deploymentStage }],
    quota: { limit: PLAN_QUOTA, period: Period.DAY },
  });
  const key = api.addApiKey('Key', { value: PLAN_KEY });
  plan.addApiKey(key);
  output(stack, 'PlanKeyId', key.keyId);
  output(stack, 'RestApiId', api.restApiId);
  output(stack, 'AuthorizerId', authorizer.authorizerId);
}
