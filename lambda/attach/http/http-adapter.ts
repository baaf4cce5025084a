import { GetIntegrationCommand, UpdateIntegrationCommand, UpdateRouteCommand } from '@aws-sdk/client-apigatewayv2';
import type { AccessLogValue } from '../access-log.ts';
import { stageOfAccessLogKey } from '../access-log-key.ts';
import { isNotFound } from '../control-plane-failure.ts';
import { type ApiAdapter, type AttachTarget, AUTHORIZER, type Json } from '../model.ts';
import { asking } from './asking.ts';
import { createDeployment, serve, sweepDeployments } from './deployments.ts';
import { mappingsUnderOurKeys, mappingUpdate, type ResponseParameters } from './header-mappings.ts';
import type { HttpCalls } from './http-calls.ts';
import type { HttpState } from './http-state.ts';
import { integrationOf, readHttpApi } from './read-http-api.ts';
import { setAccessLog } from './set-access-log.ts';
import { setAuthorizer } from './set-authorizer.ts';
import { surveyHttpApi } from './survey.ts';
import {
  type AuthorizerValue,
  integrationOfKey,
  type RouteValue,
  routeOfKey,
  routeUpdate,
  routeValue,
} from './values.ts';

/** HTTP APIs: one authorizer, routes, the headers on integrations, and a deployment where the stage needs one. */
export function httpAdapter(calls: HttpCalls): ApiAdapter<HttpState> {
  return {
    read: ({ apiId, stage }) => readHttpApi(calls, apiId, stage),
    survey: surveyHttpApi,
    present,
    set: (state, target, key, value) => {
      if (key === AUTHORIZER) return setAuthorizer(calls, target, value as AuthorizerValue | null);
      const integration = integrationOfKey(key);
      if (integration !== undefined) return setMappings(calls, target, integration, value as ResponseParameters);
      const stage = stageOfAccessLogKey(key);
      if (stage !== undefined) return setAccessLog(calls, target.apiId, stage, value as AccessLogValue | null);
      return setRoute(calls, state, target, key, value as unknown as RouteValue);
    },
    // A stage that deploys by itself takes no deployment of ours.
    deployment: ({ stage }) => (stage?.autoDeploy ? undefined : stage?.deploymentId),
    createDeployment: (target) => createDeployment(calls, target),
    serve: (target, stage, deployment) => serve(calls, target, stage, deployment),
    sweepDeployments: (target) => sweepDeployments(calls, target),
    asking: (target) => asking(calls, target),
  };
}

function present({ routes, integrations, accessLogs }: HttpState, key: string): Json | undefined {
  const stage = stageOfAccessLogKey(key);
  if (stage !== undefined) return accessLogs.get(stage);
  const id = integrationOfKey(key);
  if (id !== undefined) {
    const integration = integrations.find((one) => one.id === id);
    return integration && mappingsUnderOurKeys(integration);
  }
  const route = routes.find((one) => one.route === routeOfKey(key));
  return route && routeValue(route);
}

async function setRoute(
  { client, plane }: HttpCalls,
  { routes }: HttpState,
  { apiId: ApiId }: AttachTarget,
  key: string,
  value: RouteValue,
): Promise<void> {
  const route = routes.find((one) => one.route === routeOfKey(key));
  if (route === undefined) return;
  const change = routeUpdate(routeValue(route) as unknown as RouteValue, value);
  const update = new UpdateRouteCommand({ ApiId, RouteId: route.routeId, ...change });
  await unlessGone(plane.call('UpdateRoute', () => client.send(update)));
}

/** Reads once more before it writes: mappings of others in the same status code are sent with ours. */
async function setMappings(
  { client, plane }: HttpCalls,
  { apiId: ApiId }: AttachTarget,
  IntegrationId: string,
  wanted: ResponseParameters,
): Promise<void> {
  const get = new GetIntegrationCommand({ ApiId, IntegrationId });
  const found = await unlessGone(plane.call('GetIntegration', () => client.send(get)));
  if (found === undefined) return;
  const { type, subtype, requestParameters, responseParameters } = integrationOf(found);
  const ResponseParameters = mappingUpdate(responseParameters, wanted);
  if (ResponseParameters === undefined) return;
  const update = new UpdateIntegrationCommand({
    ApiId,
    IntegrationId,
    IntegrationType: type as 'AWS_PROXY',
    // The parameters of a call of an AWS service are checked anew with every change.
    ...(subtype !== undefined && { RequestParameters: { ...requestParameters } }),
    ResponseParameters: ResponseParameters as Record<string, Record<string, string>>,
  });
  await unlessGone(plane.call('UpdateIntegration', () => client.send(update)));
}

/** `undefined` where what it is about does not exist any more: then there is nothing to set. */
async function unlessGone<T>(call: Promise<T>): Promise<T | undefined> {
  try {
    return await call;
  } catch (error) {
    if (isNotFound(error)) return undefined;
    throw error;
  }
}
