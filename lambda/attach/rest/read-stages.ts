import { GetStagesCommand, type Stage } from '@aws-sdk/client-api-gateway';
import { type AccessLogs, accessLogValue } from '../access-log.ts';
import type { RestCalls } from './rest-calls.ts';
import type { RestStage } from './rest-state.ts';

export interface RestStages {
  /** Absent: there is no stage of this name. */
  readonly stage?: RestStage;
  readonly accessLogs: AccessLogs;
}

/** The stage of this name, and the access logs of all. */
export async function readStages(calls: RestCalls, restApiId: string, stage: string): Promise<RestStages> {
  const { client, plane } = calls;
  const { item = [] } = await plane.call('GetStages', () => client.send(new GetStagesCommand({ restApiId })));
  const found = item.find(({ stageName }) => stageName === stage);
  const accessLogs = item.map(({ stageName = '', accessLogSettings: log }) => {
    return [stageName, accessLogValue(log?.destinationArn, log?.format)] as const;
  });
  return { ...(found && { stage: stageOf(found) }), accessLogs: new Map(accessLogs) };
}

function stageOf({ deploymentId, canarySettings }: Stage): RestStage {
  const canary = canarySettings?.deploymentId !== undefined || canarySettings?.percentTraffic !== undefined;
  return { ...(deploymentId !== undefined && deploymentId !== '' && { deploymentId }), canary };
}
