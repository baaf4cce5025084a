import {
  CreateAuthorizerCommand,
  CreateDeploymentCommand,
  DeleteAuthorizerCommand,
  DeleteDeploymentCommand,
  DeleteGatewayResponseCommand,
  type Deployment,
  type GatewayResponseType,
  GetDeploymentCommand,
  GetDeploymentsCommand,
  GetStagesCommand,
  PutGatewayResponseCommand,
  UpdateAuthorizerCommand,
  UpdateMethodCommand,
  UpdateStageCommand,
} from '@aws-sdk/client-api-gateway';
import type { AccessLogValue } from '../access-log.ts';
import { stageOfAccessLogKey } from '../access-log-key.ts';
import { AttachError } from '../attach-error.ts';
import { isNotFound, isRefusedForState } from '../control-plane-failure.ts';
import { type ApiAdapter, type Asking, type AttachTarget, AUTHORIZER, authorizerName, type Json } from '../model.ts';
import { responseOfKey, routeOfKey } from './keys.ts';
import { readAuthorizers, readRestApi, readStageExport } from './read-rest-api.ts';
import { allPages, type RestCalls } from './rest-calls.ts';
import type { ExportedApi, RestResponse, RestState } from './rest-state.ts';
import { setAccessLog } from './set-access-log.ts';
import { surveyRestApi } from './survey.ts';
import {
  type AuthorizerValue,
  authorizerPatch,
  invocationUri,
  type MethodValue,
  methodPatch,
  methodValue,
  responseValue,
} from './values.ts';

/** REST APIs: one authorizer, methods, gateway responses, and a deployment to the stage. */
export function restAdapter(calls: RestCalls): ApiAdapter<RestState> {
  return {
    read: ({ apiId, stage }) => readRestApi(calls, apiId, stage),
    survey: surveyRestApi,
    present,
    set: (state, target, key, value) => {
      if (key === AUTHORIZER) return setAuthorizer(calls, target, value as AuthorizerValue | null);
      const type = responseOfKey(key);
      if (type !== undefined) return setResponse(calls, target, type, value as RestResponse | null);
      const stage = stageOfAccessLogKey(key);
      if (stage !== undefined) return setAccessLog(calls, target.apiId, stage, value as AccessLogValue | null);
      return setMethod(calls, state, target, key, value as unknown as MethodValue);
    },
    deployment: ({ stage }) => stage?.deploymentId,
    createDeployment: (target) => createDeployment(calls, target),
    serve: (target, stage, deployment) => serve(calls, target, stage, deployment),
    sweepDeployments: (target) => sweepDeployments(calls, target),
    asking: (target) => asking(calls, target),
  };
}

function present({ methods, responses, accessLogs }: RestState, key: string): Json | undefined {
  const stage = stageOfAccessLogKey(key);
  if (stage !== undefined) return accessLogs.get(stage);
  const type = responseOfKey(key);
  if (type !== undefined) return responseValue(responses.get(type));
  const method = methods.find(({ route }) => route === routeOfKey(key));
  return method && methodValue(method);
}

async function setAuthorizer(calls: RestCalls, target: AttachTarget, value: AuthorizerValue | null): Promise<void> {
  const { client, plane } = calls;
  const restApiId = target.apiId;
  const name = authorizerName(target.gate);
  const find = async () => (await readAuthorizers(calls, restApiId)).find((one) => one.name === name);
  const existing = await find();
  if (value === null) {
    if (existing === undefined) return;
    const gone = new DeleteAuthorizerCommand({ restApiId, authorizerId: existing.id });
    await unlessGone(plane.call('DeleteAuthorizer', () => client.send(gone)));
    return;
  }
  if (existing !== undefined) {
    const patchOperations = authorizerPatch(existing, value);
    if (patchOperations.length === 0) return;
    const update = new UpdateAuthorizerCommand({ restApiId, authorizerId: existing.id, patchOperations });
    await plane.call('UpdateAuthorizer', () => client.send(update));
    return;
  }
  const { type, uri, ttl, identitySource } = value;
  const create = new CreateAuthorizerCommand({
    restApiId,
    name,
    type: type as 'REQUEST',
    authorizerUri: uri,
    authorizerResultTtlInSeconds: ttl,
    identitySource,
  });
  try {
    await plane.call('CreateAuthorizer', () => client.send(create));
  } catch (error) {
    // The name is taken: an earlier try was heard, and its answer was lost.
    if (!isRefusedForState(error) || (await find()) === undefined) throw error;
  }
}

async function setMethod(
  { client, plane }: RestCalls,
  { methods }: RestState,
  { apiId: restApiId }: AttachTarget,
  key: string,
  value: MethodValue,
): Promise<void> {
  const method = methods.find(({ route }) => route === routeOfKey(key));
  if (method === undefined) return;
  const patchOperations = methodPatch(methodValue(method) as unknown as MethodValue, value);
  const { resourceId, method: httpMethod } = method;
  const update = new UpdateMethodCommand({ restApiId, resourceId, httpMethod, patchOperations });
  await plane.call('UpdateMethod', () => client.send(update));
}

async function setResponse(
  { client, plane }: RestCalls,
  { apiId: restApiId }: AttachTarget,
  type: string,
  value: RestResponse | null,
): Promise<void> {
  const responseType = type as GatewayResponseType;
  if (value === null) {
    const remove = new DeleteGatewayResponseCommand({ restApiId, responseType });
    await unlessGone(plane.call('DeleteGatewayResponse', () => client.send(remove)));
    return;
  }
  const { statusCode, responseParameters, responseTemplates } = value;
  const put = new PutGatewayResponseCommand({
    restApiId,
    responseType,
    ...(statusCode !== '' && { statusCode }),
    responseParameters,
    responseTemplates,
  });
  await plane.call('PutGatewayResponse', () => client.send(put));
}

/** By it our deployments are known among the owner's. */
const descriptionOf = ({ gate }: AttachTarget): string => `Headgate attached (${gate})`;

/** Not to the stage at once: its id has to be noted first. */
async function createDeployment({ client, plane }: RestCalls, target: AttachTarget): Promise<string> {
  const create = new CreateDeploymentCommand({ restApiId: target.apiId, description: descriptionOf(target) });
  const { id } = await plane.call('CreateDeployment', () => client.send(create));
  if (id === undefined) throw new AttachError('refused', 'API Gateway gave no id for a deployment');
  return id;
}

async function serve(
  { client, plane }: RestCalls,
  { apiId: restApiId }: AttachTarget,
  stageName: string,
  deploymentId: string,
): Promise<boolean> {
  const exists = new GetDeploymentCommand({ restApiId, deploymentId });
  if (!(await unlessGone(plane.call('GetDeployment', () => client.send(exists))))) return false;
  const patchOperations = [{ op: 'replace' as const, path: '/deploymentId', value: deploymentId }];
  const update = new UpdateStageCommand({ restApiId, stageName, patchOperations });
  await plane.call('UpdateStage', () => client.send(update));
  return true;
}

async function sweepDeployments({ client, plane }: RestCalls, target: AttachTarget): Promise<void> {
  const restApiId = target.apiId;
  const all = await allPages<Deployment>((position) =>
    plane.call('GetDeployments', () => client.send(new GetDeploymentsCommand({ restApiId, limit: 500, position }))),
  );
  const ours = all.filter(({ description }) => description === descriptionOf(target));
  if (ours.length === 0) return;
  const stages = await plane.call('GetStages', () => client.send(new GetStagesCommand({ restApiId })));
  const served = (stages.item ?? []).flatMap((stage) => [stage.deploymentId, stage.canarySettings?.deploymentId]);
  for (const { id: deploymentId } of ours) {
    if (served.includes(deploymentId)) continue;
    const remove = new DeleteDeploymentCommand({ restApiId, deploymentId });
    try {
      await unlessGone(plane.call('DeleteDeployment', () => client.send(remove)));
    } catch (error) {
      // A stage has begun to serve it meanwhile.
      if (!isRefusedForState(error)) throw error;
    }
  }
}

async function asking(calls: RestCalls, target: AttachTarget): Promise<Asking> {
  const restApiId = target.apiId;
  const state = await readRestApi(calls, restApiId, target.stage);
  if (state === undefined) return { routes: [], stages: [] };
  const name = authorizerName(target.gate);
  const uri = invocationUri(target.functionArn);
  const ids = state.authorizers.filter((one) => one.name === name || one.uri === uri).map(({ id }) => id);
  const routes = state.methods.filter(({ authorizerId }) => authorizerId !== undefined && ids.includes(authorizerId));
  const { item = [] } = await calls.plane.call('GetStages', () =>
    calls.client.send(new GetStagesCommand({ restApiId })),
  );
  const stages: string[] = [];
  for (const { stageName = '' } of item) {
    const exported = await readStageExport(calls, restApiId, stageName);
    if (exported !== undefined && asksIn(exported, name, uri)) stages.push(stageName);
  }
  return { routes: routes.map(({ route }) => route), stages };
}

function asksIn({ operations, authorizerUris }: ExportedApi, name: string, uri: string): boolean {
  const names = [name, ...[...authorizerUris].filter(([, one]) => one === uri).map(([one]) => one)];
  return [...operations.values()].some(({ security }) => security.some((one) => names.includes(one)));
}

/** @returns false where what it is about does not exist */
async function unlessGone(call: Promise<unknown>): Promise<boolean> {
  try {
    await call;
    return true;
  } catch (error) {
    if (isNotFound(error)) return false;
    throw error;
  }
}
