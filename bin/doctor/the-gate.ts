import type { CloudFormationClient } from '@aws-sdk/client-cloudformation';
import { type DeployedGate, deployedGates } from '../registry/deployed-gate.ts';
import { GateNotFoundError } from './doctor-error.ts';

/**
 * The one gate that is meant.
 *
 * @throws GateNotFoundError (HG260) where there is none, or more than one and no stack is named
 */
export async function theGate(client: CloudFormationClient, stack: string | undefined): Promise<DeployedGate> {
  const gates = await deployedGates(client, stack);
  if (gates.length === 1) return gates[0]!;
  const where = stack === undefined ? 'this account and region' : `the stack ${stack}`;
  throw new GateNotFoundError(
    gates.length === 0
      ? `there is no gate in ${where}. Deploy first, or name the stack with --stack`
      : `there are ${gates.length} gates: ${gates.map(({ gate, stack }) => `${gate} (stack ${stack})`).join(', ')}. Name one with --stack, by its own name where one stack has both`,
  );
}
