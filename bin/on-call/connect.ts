import { CloudFormationClient } from '@aws-sdk/client-cloudformation';
import { CloudWatchClient } from '@aws-sdk/client-cloudwatch';
import { CloudWatchLogsClient } from '@aws-sdk/client-cloudwatch-logs';
import { DynamoDBClient } from '@aws-sdk/client-dynamodb';
import { LambdaClient } from '@aws-sdk/client-lambda';
import type { Policy } from '../../lambda/policy/policy.ts';
import { theGate } from '../doctor/the-gate.ts';
import type { DeployedGate } from '../registry/deployed-gate.ts';
import type { Registry } from '../registry/registry-table.ts';
import { readDeployedPolicy } from './deployed-policy.ts';

/** A deployed gate and the services that know how it is. */
export interface OnCall {
  readonly gate: DeployedGate;
  readonly registry: Registry;
  readonly cloudwatch: Pick<CloudWatchClient, 'send'>;
  readonly logs: Pick<CloudWatchLogsClient, 'send'>;
  /** @throws DeployedPolicyError (HG273) */
  readonly deployedPolicy: () => Promise<Policy>;
  /** Milliseconds since the epoch. */
  readonly clock: () => number;
}

/** @throws GateNotFoundError (HG260) */
export async function connectOnCall(stack: string | undefined): Promise<OnCall> {
  const gate = await theGate(new CloudFormationClient({}), stack);
  const clock = () => Date.now();
  return {
    gate,
    registry: { client: new DynamoDBClient({}), table: gate.registryTable, now: clock },
    cloudwatch: new CloudWatchClient({}),
    logs: new CloudWatchLogsClient({}),
    deployedPolicy: () => readDeployedPolicy(new LambdaClient({}), gate.functionArn),
    clock,
  };
}
