import {
  type Authorizer,
  ExportApiCommand,
  GetApiCommand,
  GetAuthorizersCommand,
  GetIntegrationsCommand,
  GetRoutesCommand,
  type Integration,
  type Route,
} from '@aws-sdk/client-apigatewayv2';
import { AttachError } from '../attach-error.ts';
import { orNothing } from '../control-plane-failure.ts';
import { type ExportedHttpApi, readHttpExport } from './exported-api.ts';
import { allPages, type HttpCalls, PAGE } from './http-calls.ts';
import type { HttpAuthorizer, HttpIntegration, HttpRoute, HttpState } from './http-state.ts';
import { readStages } from './read-stages.ts';

/** @returns undefined where the API does not exist */
export async function readHttpApi(calls: HttpCalls, apiId: string, stage: string): Promise<HttpState | undefined> {
  const { client, plane } = calls;
  const api = await orNothing(plane.call('GetApi', () => client.send(new GetApiCommand({ ApiId: apiId }))));
  if (api === undefined) return undefined;
  const stages = await readStages(calls, apiId, stage);
  const found = stages.stage;
  const servesSnapshot = found?.deploymentId !== undefined && !found.autoDeploy;
  const served = servesSnapshot ? await readExportIfPossible(calls, apiId, stage) : undefined;
  const latest = servesSnapshot ? await readExportIfPossible(calls, apiId) : undefined;
  return {
    apiId,
    protocol: api.ProtocolType ?? '',
    ...stages,
    routes: await readRoutes(calls, apiId),
    authorizers: await readAuthorizers(calls, apiId),
    integrations: await readIntegrations(calls, apiId),
    ...(servesSnapshot && { exports: { ...(served && { served }), ...(latest && { latest }) } }),
  };
}

export async function readRoutes({ client, plane }: HttpCalls, ApiId: string): Promise<HttpRoute[]> {
  const routes = await allPages<Route>((NextToken) =>
    plane.call('GetRoutes', () => client.send(new GetRoutesCommand({ ApiId, MaxResults: PAGE, NextToken }))),
  );
  return routes.map(routeOf).sort((a, b) => (a.route < b.route ? -1 : a.route > b.route ? 1 : 0));
}

function routeOf({ RouteKey = '', RouteId = '', ...route }: Route): HttpRoute {
  const [method = 'ANY', path = RouteKey] = RouteKey.includes(' ') ? RouteKey.split(/\s+/) : [];
  const authorizationType = route.AuthorizationType ?? 'NONE';
  const hasAuthorizer = authorizationType === 'CUSTOM' || authorizationType === 'JWT';
  const integrationId = /^integrations\/(.+)$/.exec(route.Target ?? '')?.[1];
  return {
    routeId: RouteId,
    route: RouteKey,
    method,
    path,
    authorizationType,
    ...(hasAuthorizer && route.AuthorizerId && { authorizerId: route.AuthorizerId }),
    // A route may keep them that asks for no token any more.
    scopes: [...(route.AuthorizationScopes ?? [])].sort(),
    ...(integrationId !== undefined && { integrationId }),
  };
}

export async function readAuthorizers({ client, plane }: HttpCalls, ApiId: string): Promise<HttpAuthorizer[]> {
  const all = await allPages<Authorizer>((NextToken) =>
    plane.call('GetAuthorizers', () => client.send(new GetAuthorizersCommand({ ApiId, MaxResults: PAGE, NextToken }))),
  );
  return all.map((one) => ({
    id: one.AuthorizerId ?? '',
    name: one.Name ?? '',
    type: one.AuthorizerType ?? '',
    uri: one.AuthorizerUri ?? '',
    payloadFormat: one.AuthorizerPayloadFormatVersion ?? '',
    simpleResponses: one.EnableSimpleResponses ?? false,
    ttl: one.AuthorizerResultTtlInSeconds ?? 0,
    identitySource: one.IdentitySource ?? [],
  }));
}

async function readIntegrations({ client, plane }: HttpCalls, ApiId: string): Promise<HttpIntegration[]> {
  const all = await allPages<Integration>((NextToken) =>
    plane.call('GetIntegrations', () =>
      client.send(new GetIntegrationsCommand({ ApiId, MaxResults: PAGE, NextToken })),
    ),
  );
  return all.map(integrationOf);
}

export function integrationOf(one: Integration): HttpIntegration {
  return {
    id: one.IntegrationId ?? '',
    type: one.IntegrationType ?? '',
    ...(one.IntegrationSubtype && { subtype: one.IntegrationSubtype }),
    requestParameters: one.RequestParameters ?? {},
    responseParameters: one.ResponseParameters ?? {},
  };
}

/**
 * What a stage serves; without a stage, the API as it is now.
 *
 * @throws AttachError HG243 where API Gateway does not write it in a form that can be read
 */
export async function readExport(
  { client, plane }: HttpCalls,
  ApiId: string,
  StageName?: string,
): Promise<ExportedHttpApi> {
  const input = { ApiId, Specification: 'OAS30', OutputType: 'JSON', ...(StageName !== undefined && { StageName }) };
  const { body } = await plane.call('ExportApi', () => client.send(new ExportApiCommand(input)));
  const exported = body && readHttpExport(Buffer.from(body).toString('utf8'));
  if (exported) return exported;
  throw new AttachError('refused', `API Gateway's export of ${StageName ?? 'the API'} is not OpenAPI`);
}

/** The same; `undefined` where API Gateway refuses to write it: then it cannot be told. */
async function readExportIfPossible(
  calls: HttpCalls,
  apiId: string,
  stage?: string,
): Promise<ExportedHttpApi | undefined> {
  try {
    return await readExport(calls, apiId, stage);
  } catch (error) {
    if (error instanceof AttachError) return undefined;
    throw error;
  }
}
