import { Duration, type Stack } from 'aws-cdk-lib';
import { CfnDeployment, CfnIntegration, CfnRoute, CfnStage, HttpApi, HttpMethod } from 'aws-cdk-lib/aws-apigatewayv2';
import { HttpLambdaAuthorizer, HttpLambdaResponseType } from 'aws-cdk-lib/aws-apigatewayv2-authorizers';
import { HttpLambdaIntegration } from 'aws-cdk-lib/aws-apigatewayv2-integrations';
import { output, type ProbeFunctions } from './probe-stack.ts';

/**
 * `GET /notes` behind the authorizer with a mapped response header, `GET /unpermitted` whose function nobody may call. The
 * stage `manual` serves what the template's deployment contains.
 */
export function probeHttpApi(stack: Stack, { authorizer, backend }: ProbeFunctions): void {
  const api = new HttpApi(stack, 'Http');
  api.addRoutes({
    path: '/notes',
    methods: [HttpMethod.GET],
    integration: new HttpLambdaIntegration('Backend', backend),
    authorizer: new HttpLambdaAuthorizer('HttpAuthorizer', authorizer, {
      responseTypes: [HttpLambdaResponseType.SIMPLE],
      identitySource: [],
      resultsCacheTtl: Duration.seconds(0),
    }),
  });
  for (const child of api.node.findAll()) {
    if (child instanceof CfnIntegration) {
      const mapping = { Destination: 'append:header.x-limit', Source: '$context.authorizer.limit' };
      child.responseParameters = { 200: { ResponseParameters: [mapping] } };
    }
  }
  const unpermitted = new CfnIntegration(stack, 'UnpermittedIntegration', {
    apiId: api.apiId,
    integrationType: 'AWS_PROXY',
    integrationUri: authorizer.functionArn,
    payloadFormatVersion: '2.0',
  });
  new CfnRoute(stack, 'UnpermittedRoute', {
    apiId: api.apiId,
    routeKey: 'GET /unpermitted',
    target: `integrations/${unpermitted.ref}`,
  });
  const manual = new CfnStage(stack, 'ManualStage', { apiId: api.apiId, stageName: 'manual', autoDeploy: false });
  const deployment = new CfnDeployment(stack, 'ManualDeployment', { apiId: api.apiId, stageName: 'manual' });
  for (const before of [manual, ...api.node.findAll()]) deployment.node.addDependency(before);
  output(stack, 'HttpApiId', api.apiId);
}
