import { spawn } from 'node:child_process';
import { appendFileSync, readFileSync } from 'node:fs';
import path from 'node:path';
import { root } from '../scripts/process.ts';
import { LOCAL_ACCOUNT, LOCAL_REGION } from './environment.ts';
import type { LocalAws } from './local-aws.ts';
import { LocalAwsError } from './local-aws-error.ts';
import { signalGroup } from './ministack/processes.ts';

/** An older CDK CLI than 2.177 ignores AWS_ENDPOINT_URL and talks to the real AWS: only the project's own is run. */
const CLI = path.join(root, 'node_modules', 'aws-cdk', 'bin', 'cdk');
/** Keeps the CLI from asking the network for notices and newer versions. */
const QUIET = ['--no-notices', '--no-color', '--no-version-reporting', '--ci'];

export interface DeployOptions {
  /** The CDK app's entry file. @default `bin/app.ts` of this project */
  readonly app?: string;
  /** The folder in which the app runs. @default the project's root */
  readonly cwd?: string;
  readonly context?: Readonly<Record<string, string>>;
  readonly signal?: AbortSignal;
}

/** A deployment's outputs by stack, each by its name. */
export type Outputs = Readonly<Record<string, Readonly<Record<string, string>>>>;

/** Runs `cdk bootstrap` against the local AWS. */
export async function bootstrap(aws: LocalAws, signal?: AbortSignal): Promise<void> {
  await cdk(aws, ['bootstrap', `aws://${LOCAL_ACCOUNT}/${LOCAL_REGION}`], aws.folder, signal);
}

/**
 * Deploys every stack of a CDK app to the local AWS and returns the outputs.
 *
 * @throws LocalAwsError HG294 with the end of the CLI's output.
 */
export async function deploy(aws: LocalAws, options: DeployOptions = {}): Promise<Outputs> {
  const cwd = options.cwd ?? root;
  const outputs = path.join(aws.folder, 'outputs.json');
  // The CLI strips quotes that stand around the whole command, so the path may have them and `node` comes from PATH.
  const app = `node "${options.app ?? path.join(root, 'bin', 'app.ts')}"`;
  const context = Object.entries(options.context ?? {}).flatMap(([key, value]) => ['--context', `${key}=${value}`]);
  const how = ['--all', '--require-approval', 'never', '--method', 'direct', '--outputs-file', outputs];
  const where = ['--app', app, '--output', path.join(aws.folder, 'cdk.out')];
  await cdk(aws, ['deploy', ...how, ...where, ...context], cwd, options.signal);
  return JSON.parse(readFileSync(outputs, 'utf8'));
}

async function cdk(aws: LocalAws, args: readonly string[], cwd: string, signal?: AbortSignal): Promise<void> {
  const env = {
    ...aws.env,
    CDK_HOME: path.join(aws.folder, 'cdk-home'),
    CDK_DEFAULT_ACCOUNT: LOCAL_ACCOUNT,
    CDK_DEFAULT_REGION: LOCAL_REGION,
  };
  const child = spawn(process.execPath, [CLI, ...args, ...QUIET], {
    cwd,
    env,
    // A group of its own: the CLI leaves the app that it runs behind when it is killed alone.
    detached: true,
    stdio: ['ignore', 'pipe', 'pipe'],
  });
  const kill = (): void => void (child.pid && signalGroup(child.pid, 'SIGKILL'));
  signal?.addEventListener('abort', kill, { once: true });
  process.once('exit', kill);
  let output = '';
  for (const stream of [child.stdout, child.stderr]) {
    stream.on('data', (chunk: Buffer) => {
      output += chunk.toString('utf8');
      appendFileSync(path.join(aws.folder, 'cdk.log'), chunk);
    });
  }
  const code = await new Promise<number | null>((resolve, reject) => {
    child.on('error', reject);
    child.on('close', resolve);
  });
  process.removeListener('exit', kill);
  signal?.removeEventListener('abort', kill);
  signal?.throwIfAborted();
  if (code === 0) return;
  const tail = output.trim().split('\n').slice(-25).join('\n');
  throw new LocalAwsError('cdk', `cdk ${args[0]} ended with ${code}:\n${tail}`);
}
