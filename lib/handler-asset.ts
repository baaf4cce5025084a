import { cpSync, existsSync, rmSync, writeFileSync } from 'node:fs';
import path from 'node:path';
import { FileSystem } from 'aws-cdk-lib';
import { Code } from 'aws-cdk-lib/aws-lambda';
import { DISABLE_ASSET_STAGING_CONTEXT } from 'aws-cdk-lib/cx-api';
import type { Construct } from 'constructs';
import type { Policy } from '../lambda/policy/policy.ts';
import { DeployError } from './deploy-error.ts';
import { packageRoot } from './package-root.ts';

/** Where the handlers are that were bundled when the package was built: `<name>/index.mjs` each, with its parts beside. */
export function handlersFolder(): string {
  return path.join(packageRoot(), 'dist', 'handlers');
}

/**
 * A handler, and the compiled policy beside it where it decides by one, as one asset: a rollback of the function takes the
 * policy along, and a cold start fetches nothing.
 *
 * @param use gets the code and must bind it (create the function) before it returns
 * @throws DeployError (HG220) where the package was not built
 */
export function withHandlerAsset<T>(
  scope: Construct,
  handler: { readonly folder: string; readonly name: string; readonly policy?: Policy },
  use: (code: Code) => T,
): T {
  const source = path.join(handler.folder, handler.name, 'index.mjs');
  if (!existsSync(source)) {
    const mend = 'In a checkout of Headgate, `npm run build` makes it; an installed package has it: install it again.';
    throw new DeployError('handlerMissing', `The bundled handler "${source}" does not exist. ${mend}`);
  }
  const folder = FileSystem.mkdtemp('headgate-');
  cpSync(path.dirname(source), folder, { recursive: true });
  if (handler.policy) writeFileSync(path.join(folder, 'policy.json'), `${JSON.stringify(handler.policy, null, 1)}\n`);
  const used = use(Code.fromAsset(folder));
  // Staged, that is copied into the cloud assembly, by now; without staging it is uploaded from here later.
  if (!scope.node.tryGetContext(DISABLE_ASSET_STAGING_CONTEXT)) rmSync(folder, { recursive: true });
  return used;
}
