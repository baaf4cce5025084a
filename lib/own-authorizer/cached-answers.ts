import { Stack } from 'aws-cdk-lib';
import type { CfnAuthorizer as RestAuthorizer } from 'aws-cdk-lib/aws-apigateway';
import type { CfnAuthorizer as HttpAuthorizer } from 'aws-cdk-lib/aws-apigatewayv2';
import type { Function as LambdaFunction } from 'aws-cdk-lib/aws-lambda';
import { pathOf } from '../protection/owned-api.ts';
import { resourcesOfType } from '../protection/tree.ts';

/**
 * The authorizers of the app that call this function and whose answers API Gateway keeps: such an answer is counted once
 * and used many times. Absent, the time is API Gateway's 300 s. Authorizers of other stacks than the function's are not found.
 */
export function cachedAuthorizers(fn: LambdaFunction): string[] {
  const arn = JSON.stringify(Stack.of(fn).resolve(fn.functionArn));
  const authorizers = [
    ...(resourcesOfType(fn, 'AWS::ApiGateway::Authorizer') as RestAuthorizer[]),
    ...(resourcesOfType(fn, 'AWS::ApiGatewayV2::Authorizer') as HttpAuthorizer[]),
  ];
  return authorizers
    .filter((one) => Stack.of(one) === Stack.of(fn) && one.authorizerResultTtlInSeconds !== 0)
    .filter((one) => JSON.stringify(Stack.of(one).resolve(one.authorizerUri) ?? null).includes(arn))
    .map((one) => pathOf(one));
}
