import { nameFinding } from '../../lambda/policy/read-callers.ts';
import { FileError, UsageError } from '../cli/exit.ts';
import { readPolicyFile } from '../cli/read-policy.ts';

/**
 * The tier to write. With a policy it must be one of its tiers, and its first is the default.
 *
 * @throws UsageError for a tier that cannot be one or that the policy does not have
 * @throws FileError where the policy cannot be read or has errors
 */
export function checkTier(tier: string | undefined, policyFile: string | undefined): string {
  if (policyFile === undefined) {
    if (tier === undefined) throw new UsageError('which tier? Add --tier TIER, or --policy FILE for its first.');
    const wrong = nameFinding(tier);
    if (wrong) throw new UsageError(`${wrong.message}; a tier has ${wrong.allowed}.`);
    return tier;
  }
  const { policy } = readPolicyFile(policyFile);
  if (policy === undefined) {
    throw new FileError(`${policyFile} has errors; \`headgate validate ${policyFile}\` shows them.`);
  }
  const chosen = tier ?? policy.tiers[0]!;
  if (policy.tiers.includes(chosen)) return chosen;
  throw new UsageError(`${policyFile} has no tier \`${chosen}\`. Its tiers: ${policy.tiers.join(', ')}.`);
}
