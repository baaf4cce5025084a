import { APIGatewayClient } from '@aws-sdk/client-api-gateway';
import { CloudFormationClient } from '@aws-sdk/client-cloudformation';
import { findOutput, GATE_OUTPUT } from '../registry/find-table.ts';
import type { Gateway, GatewayChoice } from './gateway.ts';
import { UsagePlanError } from './gateway-key-error.ts';

/**
 * API Gateway of the account and region that the AWS SDK finds in environment and profile.
 *
 * @throws UsagePlanError (HG233) where the gate's name is not known
 */
export async function connectGateway(choice: GatewayChoice): Promise<Gateway> {
  // CreateUsagePlanKey and its like allow few calls a second: the SDK waits and tries again.
  const client = new APIGatewayClient({ maxAttempts: 8 });
  if (choice.gate !== undefined) return { client, gate: choice.gate };
  const found = await findOutput(new CloudFormationClient({}), GATE_OUTPUT, choice);
  if (found.length === 1) return { client, gate: found[0]!.value };
  const problem =
    found.length === 0
      ? `no stack has an output ${GATE_OUTPUT}`
      : `there are ${found.length} gates: ${found.map(({ value, stack }) => `${value} (stack ${stack})`).join(', ')}`;
  throw new UsagePlanError(`${problem}. Name the gate with --stack STACK or --gate NAME`);
}
