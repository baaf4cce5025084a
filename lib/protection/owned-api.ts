import { CfnResource, Token } from 'aws-cdk-lib';
import type { RestApi } from 'aws-cdk-lib/aws-apigateway';
import type { HttpApi } from 'aws-cdk-lib/aws-apigatewayv2';
import type { IConstruct } from 'constructs';
import { DeployError } from '../deploy-error.ts';

/** Which kind of API this is, by the resource that it makes: `instanceof` fails where an app has two copies of aws-cdk-lib. */
export function kindOfApi(api: RestApi | HttpApi): 'rest' | 'http' {
  const resource = api.node.defaultChild;
  const type = CfnResource.isCfnResource(resource) ? resource.cfnResourceType : undefined;
  if (type === 'AWS::ApiGatewayV2::Api' && isHttp(resource)) return 'http';
  if (type === 'AWS::ApiGateway::RestApi' && !hasDefinition(resource)) return 'rest';
  const why =
    type === undefined
      ? 'it is imported, and an app cannot change the methods of an API that it does not own'
      : `its ${type} is not a RestApi or HttpApi whose routes are constructs`;
  throw new DeployError(
    'apiNotOwned',
    `"${api.node.path}" cannot be protected: ${why}. Allowed: a RestApi or HttpApi made in this app.`,
  );
}

function isHttp(resource: unknown): boolean {
  const { protocolType } = resource as { protocolType?: string };
  return protocolType === undefined || Token.isUnresolved(protocolType) || protocolType === 'HTTP';
}

function hasDefinition(resource: unknown): boolean {
  const { body, bodyS3Location } = resource as { body?: unknown; bodyS3Location?: unknown };
  return body !== undefined || bodyS3Location !== undefined;
}

/** How messages name a construct. */
export function pathOf(construct: IConstruct): string {
  return construct.node.path.replace(/\/(Resource|Default)$/, '');
}
