import { Stack, Token } from 'aws-cdk-lib';
import type { CfnAuthorizer, CfnMethod, CfnRestApi, RestApi } from 'aws-cdk-lib/aws-apigateway';
import { pathOf } from './owned-api.ts';
import { sameToken } from './same-token.ts';
import { resourcesOfType } from './tree.ts';

/**
 * Who else can refuse a request of this REST API with `ACCESS_DENIED`. The gateway response of that type is one for the
 * whole API: with Headgate's in place, the 403s of these would read 429.
 *
 * @param ours the id of Headgate's authorizer
 */
export function denyHazards(api: RestApi, ours: string): string[] {
  const hazards: string[] = [];
  for (const authorizer of resourcesOfType(api, 'AWS::ApiGateway::Authorizer') as CfnAuthorizer[]) {
    if (!sameToken(api, authorizer.restApiId, api.restApiId) || sameToken(api, authorizer.ref, ours)) continue;
    hazards.push(`the authorizer "${pathOf(authorizer)}"`);
  }
  for (const method of resourcesOfType(api, 'AWS::ApiGateway::Method') as CfnMethod[]) {
    if (!sameToken(api, method.restApiId, api.restApiId) || method.authorizationType !== 'AWS_IAM') continue;
    hazards.push(`IAM authorization of "${pathOf(method)}"`);
  }
  if (hasPolicy(api)) hazards.push('the resource policy of the API');
  return hazards;
}

function hasPolicy(api: RestApi): boolean {
  const { policy } = api.node.defaultChild as CfnRestApi;
  return policy !== undefined && (!Token.isUnresolved(policy) || Stack.of(api).resolve(policy) !== undefined);
}
