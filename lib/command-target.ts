import { Stack } from 'aws-cdk-lib';
import type { Construct } from 'constructs';

/** The id of the output that names a gate, once for each gate. */
export const GATE_NAME_OUTPUT = 'HeadgateGateName';

/**
 * What `--stack` has to say for a command to find this gate: its stack's name, or its own where the stack has several.
 * Called when the template is written: by then all gates are there.
 */
export function commandTarget(scope: Construct, gateName: string): string {
  const stack = Stack.of(scope);
  const gates = stack.node.findAll().filter((one) => one.node.id === GATE_NAME_OUTPUT && Stack.of(one) === stack);
  return gates.length > 1 ? gateName : stack.stackName;
}
