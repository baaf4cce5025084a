import {
  type Authorizer,
  GetAuthorizersCommand,
  GetDeploymentCommand,
  GetExportCommand,
  GetGatewayResponsesCommand,
  GetResourcesCommand,
  GetRestApiCommand,
  type Method,
  type Resource,
} from '@aws-sdk/client-api-gateway';
import { isNotFound, isRefusedForState, orNothing } from '../control-plane-failure.ts';
import { readExport } from './read-export.ts';
import { readStages } from './read-stages.ts';
import { allPages, type RestCalls } from './rest-calls.ts';
import type { ExportedApi, RestAuthorizer, RestMethod, RestSnapshot, RestStage, RestState } from './rest-state.ts';

/** @returns undefined where the API does not exist */
export async function readRestApi(calls: RestCalls, restApiId: string, stage: string): Promise<RestState | undefined> {
  const { client, plane } = calls;
  const api = await orNothing(plane.call('GetRestApi', () => client.send(new GetRestApiCommand({ restApiId }))));
  if (api === undefined) return undefined;
  const stages = await readStages(calls, restApiId, stage);
  const responses = await plane.call('GetGatewayResponses', () =>
    client.send(new GetGatewayResponsesCommand({ restApiId, limit: 500 })),
  );
  const own = (responses.items ?? []).filter(({ defaultResponse }) => defaultResponse !== true);
  const snapshot = await readSnapshot(calls, restApiId, stage, stages.stage);
  return {
    apiId: restApiId,
    hasResourcePolicy: (api.policy ?? '') !== '',
    keysFromAuthorizer: api.apiKeySource === 'AUTHORIZER',
    ...stages,
    methods: await readMethods(calls, restApiId),
    authorizers: await readAuthorizers(calls, restApiId),
    responses: new Map(
      own.map(({ responseType = '', statusCode = '', responseParameters = {}, responseTemplates = {} }) => [
        responseType as string,
        { statusCode, responseParameters, responseTemplates },
      ]),
    ),
    ...(snapshot && { snapshot }),
  };
}

export async function readMethods({ client, plane }: RestCalls, restApiId: string): Promise<RestMethod[]> {
  const resources = await allPages<Resource>((position) =>
    plane.call('GetResources', () =>
      client.send(new GetResourcesCommand({ restApiId, embed: ['methods'], limit: 500, position })),
    ),
  );
  return resources
    .flatMap(({ id = '', path = '', resourceMethods = {} }) =>
      Object.entries(resourceMethods).map(([method, one]) => methodOf(id, path, method, one)),
    )
    .sort((a, b) => compare(a.path, b.path) || compare(a.method, b.method));
}

function methodOf(resourceId: string, path: string, method: string, one: Method): RestMethod {
  const authorizationType = one.authorizationType ?? 'NONE';
  const hasAuthorizer = authorizationType === 'CUSTOM' || authorizationType === 'COGNITO_USER_POOLS';
  return {
    route: `${method} ${path}`,
    method,
    path,
    resourceId,
    authorizationType,
    // API Gateway may keep the id of an authorizer that a method no longer asks.
    ...(hasAuthorizer && one.authorizerId && { authorizerId: one.authorizerId }),
    scopes: [...(one.authorizationScopes ?? [])].sort(),
    apiKeyRequired: one.apiKeyRequired ?? false,
    integration: one.methodIntegration,
  };
}

export async function readAuthorizers({ client, plane }: RestCalls, restApiId: string): Promise<RestAuthorizer[]> {
  const all = await allPages<Authorizer>((position) =>
    plane.call('GetAuthorizers', () => client.send(new GetAuthorizersCommand({ restApiId, limit: 500, position }))),
  );
  return all.map((one) => ({
    id: one.id ?? '',
    name: one.name ?? '',
    type: one.type ?? '',
    uri: one.authorizerUri ?? '',
    // What API Gateway takes where nothing is said.
    ttl: one.authorizerResultTtlInSeconds ?? 300,
    identitySource: one.identitySource ?? '',
  }));
}

async function readSnapshot(
  calls: RestCalls,
  restApiId: string,
  stage: string,
  found: RestStage | undefined,
): Promise<RestSnapshot | undefined> {
  const deploymentId = found?.deploymentId;
  if (deploymentId === undefined) return undefined;
  const { client, plane } = calls;
  const input = { restApiId, deploymentId, embed: ['apisummary'] };
  const deployment = await orNothing(plane.call('GetDeployment', () => client.send(new GetDeploymentCommand(input))));
  const summary = deployment?.apiSummary;
  const routes = Object.entries(summary ?? {}).flatMap(([path, methods]) =>
    Object.entries(methods).map(([method, { authorizationType = 'NONE', apiKeyRequired = false }]) => {
      return [`${method} ${path}`, { authorizationType, apiKeyRequired }] as const;
    }),
  );
  const exported = await readStageExport(calls, restApiId, stage);
  return { ...(summary && { summary: new Map(routes) }), ...(exported && { exported }) };
}

/** What a stage serves. `undefined` where it serves nothing, or API Gateway cannot write it as OpenAPI. */
export async function readStageExport(
  { client, plane }: RestCalls,
  restApiId: string,
  stageName: string,
): Promise<ExportedApi | undefined> {
  const input = {
    restApiId,
    stageName,
    exportType: 'oas30',
    accepts: 'application/json',
    parameters: { extensions: 'apigateway' },
  };
  try {
    const { body } = await plane.call('GetExport', () => client.send(new GetExportCommand(input)));
    return body && readExport(Buffer.from(body).toString('utf8'));
  } catch (error) {
    if (isNotFound(error) || isRefusedForState(error)) return undefined;
    throw error;
  }
}

const compare = (a: string, b: string): number => (a < b ? -1 : a > b ? 1 : 0);
