import {
  type APIGatewayClient,
  GetGatewayResponsesCommand,
  GetResourcesCommand,
  GetRestApiCommand,
  GetAuthorizersCommand as GetRestAuthorizersCommand,
  GetDeploymentsCommand as GetRestDeploymentsCommand,
  GetStagesCommand as GetRestStagesCommand,
} from '@aws-sdk/client-api-gateway';
import {
  type ApiGatewayV2Client,
  GetApiCommand,
  GetAuthorizersCommand,
  GetDeploymentsCommand,
  GetIntegrationsCommand,
  GetRoutesCommand,
  GetStagesCommand,
} from '@aws-sdk/client-apigatewayv2';

/** Everything that the control plane shows of an API, except when it was changed last. */
export type ApiSnapshot = Readonly<Record<string, unknown>>;

export async function restSnapshot(client: APIGatewayClient, restApiId: string): Promise<ApiSnapshot> {
  const [api, resources, authorizers, responses, stages, deployments] = await Promise.all([
    client.send(new GetRestApiCommand({ restApiId })),
    client.send(new GetResourcesCommand({ restApiId, embed: ['methods'], limit: 500 })),
    client.send(new GetRestAuthorizersCommand({ restApiId, limit: 500 })),
    client.send(new GetGatewayResponsesCommand({ restApiId, limit: 500 })),
    client.send(new GetRestStagesCommand({ restApiId })),
    client.send(new GetRestDeploymentsCommand({ restApiId, limit: 500 })),
  ]);
  return normal({
    api,
    resources: resources.items,
    authorizers: authorizers.items,
    gatewayResponses: responses.items,
    stages: stages.item,
    deployments: deployments.items,
  });
}

export async function httpSnapshot(client: ApiGatewayV2Client, ApiId: string): Promise<ApiSnapshot> {
  const [api, routes, integrations, authorizers, stages, deployments] = await Promise.all([
    client.send(new GetApiCommand({ ApiId })),
    client.send(new GetRoutesCommand({ ApiId })),
    client.send(new GetIntegrationsCommand({ ApiId })),
    client.send(new GetAuthorizersCommand({ ApiId })),
    client.send(new GetStagesCommand({ ApiId })),
    client.send(new GetDeploymentsCommand({ ApiId })),
  ]);
  return normal({
    api,
    routes: routes.Items,
    integrations: integrations.Items,
    authorizers: authorizers.Items,
    stages: stages.Items,
    deployments: deployments.Items,
  });
}

const NOT_STATE = new Set(['$metadata', 'lastUpdatedDate', 'LastUpdatedDate']);

/** As plain JSON: lists in an order of their own, and what is not set left out. */
function normal(value: object): ApiSnapshot {
  return JSON.parse(JSON.stringify(value, (name, member) => (NOT_STATE.has(name) ? undefined : ordered(member))));
}

function ordered(member: unknown): unknown {
  if (!Array.isArray(member) || !member.every((item) => typeof item === 'object' && item !== null)) return member;
  const text = new Map(member.map((item) => [item, JSON.stringify(item)]));
  return [...member].sort((a, b) => text.get(a)!.localeCompare(text.get(b)!));
}
