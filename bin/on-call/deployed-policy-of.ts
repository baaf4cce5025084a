import { CloudFormationClient } from '@aws-sdk/client-cloudformation';
import { LambdaClient } from '@aws-sdk/client-lambda';
import type { Policy } from '../../lambda/policy/policy.ts';
import { deployedGates } from '../registry/deployed-gate.ts';
import type { TableChoice } from '../registry/find-table.ts';
import { readDeployedPolicy } from './deployed-policy.ts';
import { DeployedPolicyError } from './on-call-error.ts';

export type DeployedPolicyOf = (choice: TableChoice, registryTable: string) => Promise<Policy>;

/**
 * The policy of the gate that reads this registry: an override is for no other.
 *
 * @throws DeployedPolicyError (HG273)
 */
export async function deployedPolicyOf(
  { stack }: TableChoice,
  registryTable: string,
  cloudFormation: Pick<CloudFormationClient, 'send'> = new CloudFormationClient({}),
  read: (functionArn: string) => Promise<Policy> = (arn) => readDeployedPolicy(new LambdaClient({}), arn),
): Promise<Policy> {
  const gates = await deployedGates(cloudFormation as CloudFormationClient, stack).catch((error: unknown) => {
    throw new DeployedPolicyError(error);
  });
  const gate = gates.find((one) => one.registryTable === registryTable);
  if (gate) return read(gate.functionArn);
  throw new DeployedPolicyError(new Error(`no stack has a gate with the registry table ${registryTable}`));
}
