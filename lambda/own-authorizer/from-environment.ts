import { existsSync } from 'node:fs';
import { MissingEnvironmentError } from '../authorizer/authorizer-error.ts';
import { containerParts } from '../authorizer/container-parts.ts';
import { AUTHORIZER_ENVIRONMENT } from '../authorizer/environment.ts';
import { readEnvironment } from '../authorizer/read-environment.ts';
import { loadPolicy } from '../policy/load-policy.ts';
import { jsonLines, print } from '../signals/log-lines.ts';
import type { OwnAuthorizerParts } from './own-authorizer.ts';

/** Where `gate.grantLimit(fn)` puts the policy: a layer, which Lambda lays out under `/opt`. */
const LAYER_FILE = '/opt/headgate/policy.json';

/** Whether `gate.grantLimit(fn)` has set this function up. */
export const isGranted = (): boolean => Boolean(process.env[AUTHORIZER_ENVIRONMENT.countersTable]);

/**
 * The parts of a function that `gate.grantLimit(fn)` has set up. Its log is the function's: lines of JSON.
 *
 * @throws MissingEnvironmentError (HG330), PolicyFileError (HG331)
 */
export async function partsFromEnvironment(): Promise<OwnAuthorizerParts> {
  const environment = readEnvironment(process.env);
  const file = process.env[AUTHORIZER_ENVIRONMENT.policyFile] || LAYER_FILE;
  if (file === LAYER_FILE && !existsSync(file)) throw new MissingEnvironmentError(AUTHORIZER_ENVIRONMENT.policyFile);
  const policy = loadPolicy(file);
  const { blocks, limiter, budgetNow, clock, metrics, onFault, log } = containerParts(
    environment,
    policy,
    jsonLines(print),
  );
  // Opens the connection as well. It ends within its own deadline and never fails.
  await blocks.loadFirst();
  return { policy, limiter, blocks, budgetNow, clock, onFault, metrics, log };
}
