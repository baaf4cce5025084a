import { spawn } from 'node:child_process';
import path from 'node:path';
import { createInterface } from 'node:readline';
import { root } from '../../scripts/process.ts';
import { LocalAwsError } from '../local-aws-error.ts';
import { signalGroup } from './processes.ts';
import { findPython, type Python } from './python.ts';

/** Codes with which install.py ends. */
const NO_VENV_MODULE = 10;
const NO_NETWORK = 11;

export interface InstallOptions {
  /** Where the private environment lies. @default `.local-aws/venv` */
  readonly venv?: string;
  /** Receives a line for each thing that takes time. */
  readonly say?: (line: string) => void;
  readonly signal?: AbortSignal;
  /** @default the first Python 3.10 or newer on PATH */
  readonly python?: Python;
  /** pip's settings are taken from it. @default this process's environment */
  readonly env?: NodeJS.ProcessEnv;
}

/**
 * Makes sure that MiniStack is installed in its private Python environment, and returns that environment's Python.
 * Quick where it is; a broken-off installation is made anew; two at once wait for each other.
 *
 * @throws LocalAwsError HG290 (Python) or HG291 (installation), with what to do.
 */
export async function installMiniStack(options: InstallOptions = {}): Promise<string> {
  if (process.platform === 'win32') {
    throw new LocalAwsError('python', 'The local AWS runs on Linux and macOS; on Windows use WSL.');
  }
  const venv = options.venv ?? path.join(root, '.local-aws', 'venv');
  const python = options.python ?? (await findPython());
  const { code, problem } = await runInstaller(python, venv, options);
  options.signal?.throwIfAborted();
  if (code !== 0) throw installError(code, problem, python);
  return path.join(venv, 'bin', 'python');
}

async function runInstaller(
  python: Python,
  venv: string,
  { say, signal, env: base = process.env }: InstallOptions,
): Promise<{ code: number | null; problem: string }> {
  const folder = path.join(root, 'local', 'ministack');
  const { PYTHONPATH: _path, PYTHONHOME: _home, ...env } = base;
  const child = spawn(
    python.command,
    ['-B', path.join(folder, 'install.py'), venv, path.join(folder, 'requirements.txt')],
    // A group of its own: pip would go on without install.py, in an environment that the next start makes anew.
    { env, detached: true, stdio: ['ignore', 'pipe', 'pipe'] },
  );
  const abort = (): void => void (child.pid && signalGroup(child.pid, 'SIGKILL'));
  signal?.addEventListener('abort', abort);
  process.once('exit', abort);
  createInterface(child.stdout).on('line', (line) => say?.(line));
  let problem = '';
  child.stderr.on('data', (chunk) => {
    problem += chunk;
  });
  try {
    return await new Promise((resolve, reject) => {
      child.on('error', reject);
      child.on('close', (code) => resolve({ code, problem: problem.trim() }));
    });
  } finally {
    signal?.removeEventListener('abort', abort);
    process.removeListener('exit', abort);
  }
}

function installError(code: number | null, problem: string, python: Python): LocalAwsError {
  const name = `Python ${python.version} (${python.command})`;
  if (code === NO_VENV_MODULE) {
    return new LocalAwsError(
      'python',
      `${name} cannot make a private environment: its venv or ensurepip module is missing. Install it (Debian, Ubuntu: apt install python${python.version}-venv).`,
    );
  }
  if (code === NO_NETWORK) {
    return new LocalAwsError(
      'install',
      "MiniStack could not be installed: no Python package index answers. Check the network (or the proxy in pip's configuration) and run the command again.",
    );
  }
  return new LocalAwsError('install', `MiniStack could not be installed with ${name}:\n${problem}`);
}
