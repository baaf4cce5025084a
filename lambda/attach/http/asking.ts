import { type Asking, type AttachTarget, authorizerName } from '../model.ts';
import { invocationUri } from '../rest/values.ts';
import { readStages } from './deployments.ts';
import type { HttpCalls } from './http-calls.ts';
import { readExport, readHttpApi } from './read-http-api.ts';

/** Who asks the gate's authorizer: routes as they are now, and stages by the snapshots that they serve. */
export async function asking(calls: HttpCalls, target: AttachTarget): Promise<Asking> {
  const state = await readHttpApi(calls, target.apiId, target.stage);
  if (state === undefined) return { routes: [], stages: [] };
  const name = authorizerName(target.gate);
  const uri = invocationUri(target.functionArn);
  const ids = state.authorizers.filter((one) => one.name === name || one.uri === uri).map(({ id }) => id);
  const routes = state.routes.filter(({ authorizerId }) => authorizerId !== undefined && ids.includes(authorizerId));
  const stages: string[] = [];
  for (const { StageName = '', AutoDeploy, DeploymentId } of await readStages(calls, target.apiId)) {
    // One that deploys by itself serves the routes as they are.
    if (AutoDeploy === true || DeploymentId === undefined) continue;
    // What cannot be told is an error: without the authorizer a stage that asks it would answer 500.
    const served = await readExport(calls, target.apiId, StageName);
    if ([...served.operations.values()].some(({ security }) => security.includes(name))) stages.push(StageName);
  }
  return { routes: routes.map(({ route }) => route), stages };
}
