import { readFileSync } from 'node:fs';
import path from 'node:path';
import { compilePolicy } from '../../lambda/policy/parse.ts';
import type { Policy } from '../../lambda/policy/policy.ts';
import { root } from '../../scripts/process.ts';
import { apiUrl } from '../api-url.ts';
import { deploy } from '../cdk.ts';
import type { LocalAws } from '../local-aws.ts';

const POLICY_FILE = path.join(root, 'examples', 'notes-api', 'headgate.yaml');

const OUTPUTS = [
  'RestApiId',
  'RestApiStage',
  'HttpApiId',
  'CountersTableName',
  'RegistryTableName',
  'AlarmTopicArn',
  'LimitedAlarmName',
  'PageAlarmName',
  'AuthorizerFunctionName',
  'AccessLogGroupName',
] as const;

/** Names of what the example's stack has deployed. */
export type ExampleOutputs = Readonly<Record<(typeof OUTPUTS)[number], string>>;

/** The example's policy, as its deployment compiles it. @param file another policy for it */
export function examplePolicy(file: string = POLICY_FILE): Policy {
  return compilePolicy(readFileSync(file, 'utf8'), file);
}

/**
 * The local AWS shares two cores with everything else and runs each function in a process of its own: the product's
 * 150 ms would be missed there by mere load, and a missed deadline lets a request through.
 */
const PATIENCE_MS = '3000';

/** Nobody should have to wait ten seconds for a demo's metrics; more than one request is gathered nevertheless. */
const METRICS_INTERVAL_MS = '250';

/** Deploys `bin/app.ts` with the example's policy, or another. */
export async function deployExample(
  aws: LocalAws,
  signal?: AbortSignal,
  policy: string = POLICY_FILE,
): Promise<ExampleOutputs> {
  const stacks = await deploy(aws, {
    context: { policy, storeDeadlineMs: PATIENCE_MS, metricsIntervalMs: METRICS_INTERVAL_MS },
    ...(signal && { signal }),
  });
  const found = Object.assign({}, ...Object.values(stacks)) as Record<string, string>;
  const missing = OUTPUTS.filter((name) => found[name] === undefined);
  if (missing.length > 0) throw new Error(`bin/app.ts has no output ${missing.join(', ')}`);
  return found as ExampleOutputs;
}

/** The address of a path of the example's REST API. */
export function restUrl(aws: LocalAws, outputs: ExampleOutputs, at: string): string {
  return apiUrl(aws.endpoint, outputs.RestApiId, outputs.RestApiStage, at);
}

/** The address of a path of the example's HTTP API. */
export function httpUrl(aws: LocalAws, outputs: ExampleOutputs, at: string): string {
  return apiUrl(aws.endpoint, outputs.HttpApiId, undefined, at);
}
