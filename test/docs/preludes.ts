/** What the samples of the guides leave to their readers, by page and number. */
const MIDDY = "import type { MiddlewareObj } from '@middy/core';";
const CDK = "import { Headgate, RateLimitPolicy } from 'headgate';";

export const PRELUDES: Readonly<Record<string, string>> = {
  'README.md 1': `declare const restApi: import('aws-cdk-lib/aws-apigateway').RestApi;
declare const httpApi: import('aws-cdk-lib/aws-apigatewayv2').HttpApi;`,
  'README.md 2': 'declare const yourHandler: () => Promise<{ statusCode: number; body: string }>;',
  'guide/alarms.md 1': `import { Headgate, type RateLimitPolicy } from 'headgate';
import { OpsItemSeverity, SsmAction } from 'aws-cdk-lib/aws-cloudwatch-actions';
import { SqsSubscription } from 'aws-cdk-lib/aws-sns-subscriptions';
declare const policy: RateLimitPolicy;
declare const onCall: import('aws-cdk-lib/aws-sns').Topic;
declare const queue: import('aws-cdk-lib/aws-sqs').Queue;`,
  'guide/attach.md 1': CDK,
  'guide/constructs.md 1': "declare const api: import('aws-cdk-lib/aws-apigateway').RestApi;",
  'guide/constructs.md 2': `declare const gate: import('headgate').Headgate;
declare const api: import('aws-cdk-lib/aws-apigateway').RestApi;
declare const httpApi: import('aws-cdk-lib/aws-apigatewayv2').HttpApi;
declare const integration: import('aws-cdk-lib/aws-apigateway').Integration &
  import('aws-cdk-lib/aws-apigatewayv2').HttpRouteIntegration;`,
  'guide/for-your-clients.md 1': 'declare const ids: string[];\ndeclare const key: string;',
  'guide/identity.md 1': 'declare const work: () => Promise<{ statusCode: number; body: string }>;',
  'guide/limiter-alone.md 1': 'declare function respond(status: number, headers: object, body: object): void;',
  'guide/limiter-alone.md 2': "declare const verdict: import('headgate/limiter').Verdict;",
  'guide/limiter-alone.md 3': `declare const limiter: import('headgate/limiter').RequestLimiter;
declare const account: string;
declare function tooMany(verdict: import('headgate/limiter').Verdict): Response;
declare function passwordIsRight(): Promise<boolean>;`,
  'guide/limiter-alone.md 5': `declare const client: import('@aws-sdk/client-dynamodb').DynamoDBClient;
declare const policy: import('headgate/limiter').Policy;`,
  'guide/local-aws.md 2': `import { bootstrap, deploy } from '../../local/cdk.ts';
import { startLocalAws } from '../../local/local-aws.ts';`,
  'guide/middleware.md 1': `${MIDDY}\ndeclare function otherMiddlewares(): MiddlewareObj;`,
  'guide/middleware.md 2': 'declare const logIn: () => Promise<{ statusCode: number; body: string }>;',
  'guide/signals.md 1': `import { Headgate, type RateLimitPolicy } from 'headgate';
import { RetentionDays } from 'aws-cdk-lib/aws-logs';
declare const policy: RateLimitPolicy;`,
  'guide/own-authorizer.md 1': `declare function check(event: object): Promise<{ id: string; plan: string }>;
declare function allow(arn: string): object;`,
  'guide/own-authorizer.md 2': `declare const gate: import('headgate').Headgate;
declare const authorizerFunction: import('aws-cdk-lib/aws-lambda').Function;`,
  'guide/own-authorizer.md 3': 'declare function check(event: object): Promise<{ id: string; plan: string }>;',
};

/** A package that a sample uses, and this project does not. */
export const NOT_INSTALLED = `declare module '@middy/http-json-body-parser' {
  export default function httpJsonBodyParser(): import('@middy/core').MiddlewareObj;
}`;
