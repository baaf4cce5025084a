import { readFileSync } from 'node:fs';
import { HeadgateError } from '../errors/headgate-error.ts';
import type { Policy } from './policy.ts';

/** HG331: a compiled policy is missing, is no JSON, or has a format that this version does not know. */
export class PolicyFileError extends HeadgateError {
  constructor(problem: string, options?: ErrorOptions) {
    super('HG331', `policy.json ${problem}`, options);
  }
}

/**
 * Reads a compiled policy from a file. It was validated when it was compiled; here only what a wrong deploy can break is
 * checked.
 *
 * @throws PolicyFileError
 */
export function loadPolicy(file: string): Policy {
  let text: string;
  try {
    text = readFileSync(file, 'utf8');
  } catch (cause) {
    throw new PolicyFileError('cannot be read', { cause });
  }
  return policyFromJson(text);
}

/**
 * Takes a compiled policy from its JSON.
 *
 * @throws PolicyFileError
 */
export function policyFromJson(text: string): Policy {
  let policy: Partial<Policy> | null;
  try {
    policy = JSON.parse(text);
  } catch {
    throw new PolicyFileError('is not JSON');
  }
  if (policy?.format !== 1)
    throw new PolicyFileError(`has format ${JSON.stringify(policy?.format)}, this version knows 1`);
  const lists = [policy.identify, policy.tiers, policy.limits, policy.exempt];
  if (!lists.every(Array.isArray) || policy.tiers!.length === 0) throw new PolicyFileError('is incomplete');
  return policy as Policy;
}
