import { existsSync } from 'node:fs';
import type { Policy } from '../../lambda/policy/policy.ts';
import { FileError } from '../cli/exit.ts';
import { DEFAULT_FILE, readPolicyFile } from '../cli/read-policy.ts';
import { differingLimits, sameLimits } from './policy-text.ts';

/** The policy that a command goes by. */
export interface ChosenPolicy {
  readonly policy: Policy;
  readonly from: 'deployed' | 'file';
  /** How messages name it: `the deployed policy`, `headgate.yaml`. */
  readonly name: string;
  /** The file's text; absent for the deployed one. */
  readonly text?: string;
}

export interface PolicyChoice {
  /** Absent where nothing could be read. */
  readonly chosen?: ChosenPolicy;
  /** What has to be said about it, a sentence each. */
  readonly notes: readonly string[];
  /** Why the deployed policy was not read. */
  readonly failure?: unknown;
}

/**
 * The deployed policy, since that is what the authorizers decide by; a file where it cannot be read. That a file says
 * something else, or stands in, is said.
 *
 * @param file as named; absent: `headgate.yaml` where there is one
 * @throws FileError (HG202) for a named file that cannot be read, or a file with errors that would be gone by
 */
export async function choosePolicy(
  file: string | undefined,
  readDeployed: () => Promise<Policy>,
): Promise<PolicyChoice> {
  const path = file ?? (existsSync(DEFAULT_FILE) ? DEFAULT_FILE : undefined);
  const local = path === undefined ? undefined : { path, ...readPolicyFile(path) };
  try {
    const policy = await readDeployed();
    const chosen = { policy, from: 'deployed', name: 'the deployed policy' } as const;
    if (local === undefined) return { chosen, notes: [] };
    if (local.policy === undefined)
      return { chosen, notes: [`${local.path} has errors; the deployed policy is used.`] };
    if (sameLimits(local.policy, policy)) return { chosen, notes: [] };
    const differing = differingLimits(local.policy, policy).slice(0, 10).join(', ');
    const what = differing === '' ? 'tiers' : differing;
    return {
      chosen,
      notes: [`${local.path} says something else than what is deployed (${what}); the deployed policy is used.`],
    };
  } catch (failure) {
    const why = failure instanceof Error ? failure.message : String(failure);
    if (local === undefined) return { notes: [], failure };
    if (local.policy === undefined) {
      throw new FileError(`${local.path} has errors (\`headgate validate ${local.path}\` shows them), and ${why}.`);
    }
    const chosen = { policy: local.policy, from: 'file', name: local.path, text: local.text } as const;
    return { chosen, notes: [`${why}. ${local.path} is used instead: it has to be what is deployed.`], failure };
  }
}
