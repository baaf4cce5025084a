import { readFileSync } from 'node:fs';
import type { Policy } from '../policy/policy.ts';
import { PolicyFileError } from './authorizer-error.ts';

/**
 * Reads the compiled policy. It was validated when it was compiled; here only what a wrong deploy can break is checked.
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
  return parsePolicy(text);
}

export function parsePolicy(text: string): Policy {
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
