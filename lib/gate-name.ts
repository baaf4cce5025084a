import { Names, Stack, Token } from 'aws-cdk-lib';
import type { Construct } from 'constructs';
import { DeployError } from './deploy-error.ts';

const ALLOWED = /^[\w.-]{1,64}$/;

/**
 * What tells a gate's metrics and usage plans from another's. Stack names are unique in an account and region and have no
 * dot, so `Stack.Path.To.Gate` is as well.
 */
export function gateNameOf(gate: Construct, given: string | undefined): string {
  if (given !== undefined) {
    if (Token.isUnresolved(given) || ALLOWED.test(given)) return given;
    const allowed = '1 to 64 letters, digits, "-", "_" and "."';
    throw new DeployError('badProperty', `gateName is "${given}"; allowed: ${allowed}.`);
  }
  const stack = Stack.of(gate);
  const path = gate.node.path.slice(stack.node.path.length).split('/').filter(Boolean);
  const name = [stack.stackName, ...path].join('.');
  return ALLOWED.test(name) ? name : Names.uniqueResourceName(gate, { separator: '-', maxLength: 64 });
}
