import { Stack } from 'aws-cdk-lib';
import { CfnAuthorizer, type HttpApi } from 'aws-cdk-lib/aws-apigatewayv2';
import { ServicePrincipal } from 'aws-cdk-lib/aws-iam';
import type { Function as LambdaFunction } from 'aws-cdk-lib/aws-lambda';
import { Construct } from 'constructs';
import { authorizerName } from '../../lambda/attach/model.ts';
import { authorizerArn, invocationUri } from './rest-authorizer.ts';

export interface HttpAuthorizerProps {
  readonly api: HttpApi;
  readonly fn: LambdaFunction;
  readonly gateName: string;
}

/** The one authorizer of an HTTP API: payload 2.0, simple response, and nothing cached (see `RestAuthorizer`). */
export class HttpAuthorizer extends Construct {
  readonly authorizerId: string;

  constructor(scope: Construct, id: string, props: HttpAuthorizerProps) {
    super(scope, id);
    const { api, fn, gateName } = props;
    const stack = Stack.of(this);
    const authorizer = new CfnAuthorizer(this, 'Resource', {
      name: authorizerName(gateName),
      apiId: api.apiId,
      authorizerType: 'REQUEST',
      authorizerUri: invocationUri(stack, fn),
      authorizerPayloadFormatVersion: '2.0',
      enableSimpleResponses: true,
      authorizerResultTtlInSeconds: 0,
      // Said and empty: a tool that fills in what is left out would ask for an Authorization header.
      identitySource: [],
    });
    this.authorizerId = authorizer.ref;
    fn.addPermission('Invoke', {
      scope: this,
      principal: new ServicePrincipal('apigateway.amazonaws.com'),
      sourceArn: authorizerArn(stack, api.apiId, this.authorizerId),
    });
  }
}
