import { mkdirSync, rmSync, writeFileSync } from 'node:fs';
import path from 'node:path';
import { FileSystem } from 'aws-cdk-lib';
import { Code, type Function as LambdaFunction, LayerVersion } from 'aws-cdk-lib/aws-lambda';
import { DISABLE_ASSET_STAGING_CONTEXT } from 'aws-cdk-lib/cx-api';
import type { Policy } from '../../lambda/policy/policy.ts';
import type { CounterTable } from '../counter-table.ts';
import type { RegistryTable } from '../registry-table.ts';

export interface LimitAccessProps {
  readonly policy: Policy;
  readonly counters: CounterTable;
  readonly registry: RegistryTable;
  /** Variables for the function beside the tables' names. */
  readonly environment: Readonly<Record<string, string>>;
}

/**
 * Lets a function of the app ask the gate (`headgate/authorizer`): it may count and look up blocks, and finds the policy
 * in a layer, since a policy can be larger than the 4 KB of a function's environment.
 *
 * The layer is of the function's own stack: an export of a layer's ARN could not change while another stack uses it.
 */
export function grantLimitTo(fn: LambdaFunction, { policy, counters, registry, environment }: LimitAccessProps): void {
  counters.grantCount(fn);
  registry.grantBlocks(fn);
  for (const [name, value] of Object.entries(environment)) fn.addEnvironment(name, value);
  const folder = FileSystem.mkdtemp('headgate-');
  // Lambda lays it out as /opt/headgate/policy.json.
  mkdirSync(path.join(folder, 'headgate'));
  writeFileSync(path.join(folder, 'headgate', 'policy.json'), `${JSON.stringify(policy, null, 1)}\n`);
  const layer = new LayerVersion(fn, 'HeadgatePolicy', {
    description: 'The compiled policy of Headgate',
    code: Code.fromAsset(folder),
  });
  fn.addLayers(layer);
  // Staged, that is copied into the cloud assembly, by now; without staging it is uploaded from here later.
  if (!fn.node.tryGetContext(DISABLE_ASSET_STAGING_CONTEXT)) rmSync(folder, { recursive: true });
}
