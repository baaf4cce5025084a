import {
  CreateDeploymentCommand,
  DeleteDeploymentCommand,
  type Deployment,
  GetDeploymentCommand,
  GetDeploymentsCommand,
  GetStagesCommand,
  type Stage,
  UpdateStageCommand,
} from '@aws-sdk/client-apigatewayv2';
import { AttachError } from '../attach-error.ts';
import { isRefusedForState, orNothing } from '../control-plane-failure.ts';
import type { AttachTarget } from '../model.ts';
import { allPages, type HttpCalls, PAGE } from './http-calls.ts';

/** By it our deployments are known among the owner's. */
const descriptionOf = ({ gate }: AttachTarget): string => `Headgate attached (${gate})`;

/** A deployment may still be under way when its call has been answered. */
const CHECKS = 30;

/** Not to the stage at once: its id has to be noted first. */
export async function createDeployment({ client, plane }: HttpCalls, target: AttachTarget): Promise<string> {
  const create = new CreateDeploymentCommand({ ApiId: target.apiId, Description: descriptionOf(target) });
  const { DeploymentId } = await plane.call('CreateDeployment', () => client.send(create));
  if (DeploymentId === undefined) throw new AttachError('refused', 'API Gateway gave no id for a deployment');
  return DeploymentId;
}

/** Makes a stage serve a deployment. @returns false where there is no such deployment */
export async function serve(
  { client, plane }: HttpCalls,
  { apiId: ApiId }: AttachTarget,
  StageName: string,
  DeploymentId: string,
): Promise<boolean> {
  for (let check = 1; ; check++) {
    const get = new GetDeploymentCommand({ ApiId, DeploymentId });
    const found = await orNothing(plane.call('GetDeployment', () => client.send(get)));
    if (found === undefined) return false;
    if (found.DeploymentStatus === 'FAILED') {
      const reason = found.DeploymentStatusMessage ?? 'no reason given';
      throw new AttachError('refused', `API Gateway could not make the deployment ${DeploymentId}: ${reason}`);
    }
    // The control plane's pace is the pause.
    if (found.DeploymentStatus !== 'PENDING' || check >= CHECKS) break;
  }
  const update = new UpdateStageCommand({ ApiId, StageName, DeploymentId });
  await plane.call('UpdateStage', () => client.send(update));
  return true;
}

/** Deletes those of our deployments that no stage serves. */
export async function sweepDeployments({ client, plane }: HttpCalls, target: AttachTarget): Promise<void> {
  const ApiId = target.apiId;
  const all = await allPages<Deployment>((NextToken) =>
    plane.call('GetDeployments', () => client.send(new GetDeploymentsCommand({ ApiId, MaxResults: PAGE, NextToken }))),
  );
  const ours = all.filter(({ Description }) => Description === descriptionOf(target));
  if (ours.length === 0) return;
  const stages = await readStages({ client, plane }, ApiId);
  const served = new Set(stages.map((stage) => stage.DeploymentId));
  for (const { DeploymentId } of ours) {
    if (served.has(DeploymentId)) continue;
    try {
      const remove = new DeleteDeploymentCommand({ ApiId, DeploymentId });
      await orNothing(plane.call('DeleteDeployment', () => client.send(remove)));
    } catch (error) {
      // A stage has begun to serve it meanwhile.
      if (!isRefusedForState(error)) throw error;
    }
  }
}

export async function readStages({ client, plane }: HttpCalls, ApiId: string): Promise<Stage[]> {
  return allPages<Stage>((NextToken) =>
    plane.call('GetStages', () => client.send(new GetStagesCommand({ ApiId, MaxResults: PAGE, NextToken }))),
  );
}
