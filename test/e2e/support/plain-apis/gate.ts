import { writeFileSync } from 'node:fs';
import path from 'node:path';
import {
  CloudFormationClient,
  DeleteStackCommand,
  DescribeStackEventsCommand,
  waitUntilStackDeleteComplete,
} from '@aws-sdk/client-cloudformation';
import { deploy } from '../../../../local/cdk.ts';
import { clientConfig } from '../../../../local/clients.ts';
import type { LocalAws } from '../../../../local/local-aws.ts';
import { type Ended, root, run } from '../../../../scripts/process.ts';

const APP = path.join(root, 'test', 'e2e', 'support', 'plain-apis', 'gate-app.ts');
const STACK = 'Gate';

/** What each caller may send in any minute before it is limited. */
export const LIMIT = 3;

export interface GateOptions {
  /** Entries of the policy's `apis:`, as YAML in one line each: `restApi: abc, stage: live`. */
  readonly apis: readonly string[];
  /** An HTTP API that is attached by the construct: its stage `live`, with `deny: 'middleware'`. */
  readonly manual?: string;
  /** Other handlers than the built ones. */
  readonly handlers?: string;
}

/**
 * Deploys a gate, or updates it.
 *
 * @throws LocalAwsError HG294 with what CloudFormation said
 */
export async function deployGate(aws: LocalAws, options: GateOptions): Promise<Readonly<Record<string, string>>> {
  const policy = gatePolicy(aws, options.apis);
  const { manual, handlers } = options;
  const context = { policy, ...(manual && { manual }), ...(handlers && { handlers }) };
  return (await deploy(aws, { app: APP, context }))[STACK]!;
}

/** Writes the policy file that `deployGate` deploys; for commands that read one. */
export function gatePolicy(aws: LocalAws, apis: readonly string[]): string {
  const file = path.join(aws.folder, 'headgate.yaml');
  const lines = [
    'identify:',
    '  - apiKey: x-api-key',
    'tiers: [free]',
    'limits:',
    '  each:',
    '    per: client',
    `    rate: ${LIMIT}/minute`,
    ...(apis.length > 0 ? ['apis:', ...apis.map((api) => `  - { ${api} }`)] : []),
  ];
  writeFileSync(file, `${lines.join('\n')}\n`);
  return file;
}

/** Deletes the gate's stack. */
export async function destroyGate(aws: LocalAws): Promise<void> {
  const client = new CloudFormationClient(clientConfig(aws.endpoint));
  try {
    await client.send(new DeleteStackCommand({ StackName: STACK }));
    const wait = { client, maxWaitTime: 90, minDelay: 1, maxDelay: 1 };
    await waitUntilStackDeleteComplete(wait, { StackName: STACK }).catch(async (error) => {
      throw new Error(await eventsOf(client), { cause: error });
    });
  } finally {
    client.destroy();
  }
}

async function eventsOf(client: CloudFormationClient): Promise<string> {
  const { StackEvents = [] } = await client.send(new DescribeStackEventsCommand({ StackName: STACK }));
  return StackEvents.map(
    ({ LogicalResourceId, ResourceStatus, ResourceStatusReason = '' }) =>
      `${LogicalResourceId} ${ResourceStatus} ${ResourceStatusReason}`,
  ).join('\n');
}

/** The command line as a user runs it, against the local AWS. */
export function headgate(aws: LocalAws, ...args: readonly string[]): Promise<Ended> {
  return run(process.execPath, [path.join(root, 'bin', 'headgate.ts'), ...args], { env: aws.env });
}
