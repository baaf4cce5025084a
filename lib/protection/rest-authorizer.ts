import { Stack } from 'aws-cdk-lib';
import { AuthorizationType, CfnAuthorizer, type IAuthorizer, type RestApi } from 'aws-cdk-lib/aws-apigateway';
import { ServicePrincipal } from 'aws-cdk-lib/aws-iam';
import type { Function as LambdaFunction } from 'aws-cdk-lib/aws-lambda';
import { Construct } from 'constructs';
import { authorizerName } from '../../lambda/attach/model.ts';

export interface RestAuthorizerProps {
  readonly api: RestApi;
  readonly fn: LambdaFunction;
  readonly gateName: string;
}

/**
 * The one authorizer of a REST API. Its template says 0 for the result's time to live (left out it would be 300 s, and a
 * cached Allow is no limit at all) and has no identity source, so that a request without any header is decided as well.
 *
 * It and its permission are made beside the API, not beside the function: the API's stack may depend on the gate's, and
 * not the other way round.
 */
export class RestAuthorizer extends Construct implements IAuthorizer {
  readonly authorizerId: string;
  readonly authorizationType = AuthorizationType.CUSTOM;

  constructor(scope: Construct, id: string, props: RestAuthorizerProps) {
    super(scope, id);
    const { api, fn } = props;
    const stack = Stack.of(this);
    const authorizer = new CfnAuthorizer(this, 'Resource', {
      name: authorizerName(props.gateName),
      restApiId: api.restApiId,
      type: 'REQUEST',
      authorizerUri: invocationUri(stack, fn),
      authorizerResultTtlInSeconds: 0,
      // Said and empty: a tool that fills in what is left out would ask for an Authorization header.
      identitySource: '',
    });
    this.authorizerId = authorizer.ref;
    fn.addPermission('Invoke', {
      scope: this,
      principal: new ServicePrincipal('apigateway.amazonaws.com'),
      sourceArn: authorizerArn(stack, api.restApiId, this.authorizerId),
    });
  }
}

export function invocationUri(stack: Stack, fn: LambdaFunction): string {
  const { partition, region } = stack;
  return `arn:${partition}:apigateway:${region}:lambda:path/2015-03-31/functions/${fn.functionArn}/invocations`;
}

export function authorizerArn(stack: Stack, apiId: string, authorizerId: string): string {
  return stack.formatArn({ service: 'execute-api', resource: apiId, resourceName: `authorizers/${authorizerId}` });
}
