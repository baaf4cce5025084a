import { type AttachRecords, type AttachTarget, AUTHORIZER, authorizerName, type Obstacle } from './model.ts';

/** Authorizers of `protect` are named `headgate`, those of attachments `headgate-<gate>`. */
const OF_A_GATE = /^headgate(?:-|$)/;

/** Whether an authorizer of this name is another gate's. */
export function isOtherGate(name: string | undefined, { gate }: Pick<AttachTarget, 'gate'>): boolean {
  return name !== undefined && name !== authorizerName(gate) && OF_A_GATE.test(name);
}

/**
 * A route that another gate guards already. Leaving it alone would be wrong: where it is the same gate under another id,
 * CloudFormation detaches that one next, and the route would be guarded by nobody.
 */
export function otherGateObstacle(where: string, name: string): Obstacle {
  return {
    what: `another gate is in front of it (authorizer "${name}"), and there can be one`,
    where,
    waysOn: ['detach that one first, in a deployment of its own', '`routes` without this one'],
  };
}

/** The name under which this gate has attached the API before, where that is another one. */
export function earlierName(records: AttachRecords, { gate }: Pick<AttachTarget, 'gate'>): string | undefined {
  const { name } = (records.get(AUTHORIZER)?.after ?? {}) as { readonly name?: unknown };
  return typeof name === 'string' && name !== authorizerName(gate) ? name : undefined;
}

/** CloudFormation would attach under the new name, then detach under the old one, with one set of records. */
export function renamedObstacle(name: string): Obstacle {
  return {
    what: 'the gate has another name than when it was attached',
    where: `authorizer "${name}"`,
    waysOn: ['keep the `gateName`', 'detach first, in a deployment of its own'],
  };
}
