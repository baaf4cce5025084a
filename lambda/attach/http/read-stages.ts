import { GetStagesCommand, type Stage } from '@aws-sdk/client-apigatewayv2';
import { type AccessLogs, accessLogValue } from '../access-log.ts';
import { allPages, type HttpCalls, PAGE } from './http-calls.ts';
import type { HttpStage } from './http-state.ts';

export interface HttpStages {
  /** Absent: there is no stage of this name. */
  readonly stage?: HttpStage;
  readonly accessLogs: AccessLogs;
}

/** The stage of this name, and the access logs of all. */
export async function readStages({ client, plane }: HttpCalls, ApiId: string, stage: string): Promise<HttpStages> {
  const all = await allPages<Stage>((NextToken) =>
    plane.call('GetStages', () => client.send(new GetStagesCommand({ ApiId, MaxResults: PAGE, NextToken }))),
  );
  const found = all.find(({ StageName }) => StageName === stage);
  const accessLogs = all.map(({ StageName = '', AccessLogSettings: log }) => {
    return [StageName, accessLogValue(log?.DestinationArn, log?.Format)] as const;
  });
  return { ...(found && { stage: stageOf(found) }), accessLogs: new Map(accessLogs) };
}

function stageOf({ AutoDeploy = false, DeploymentId }: Stage): HttpStage {
  return { autoDeploy: AutoDeploy, ...(DeploymentId && { deploymentId: DeploymentId }) };
}
