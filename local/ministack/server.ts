import { type ChildProcess, spawn } from 'node:child_process';
import { once } from 'node:events';
import { closeSync, mkdirSync, openSync, readFileSync, writeFileSync } from 'node:fs';
import path from 'node:path';
import { createInterface } from 'node:readline';
import { setTimeout as sleep } from 'node:timers/promises';
import { root } from '../../scripts/process.ts';
import { serverEnvironment } from '../environment.ts';
import { LocalAwsError } from '../local-aws-error.ts';
import { liveProcesses, signalGroup } from './processes.ts';

const START_MS = 60_000;
const STOP_MS = 5_000;
/** The code with which run.py ends where the port is taken. */
const PORT_TAKEN = 20;

export interface ServerOptions {
  /** The private environment's Python, as `installMiniStack` returns it. */
  readonly python: string;
  /** The run's own folder: log, temporary files, state. */
  readonly folder: string;
  /** Tried first. */
  readonly port: number;
  /** Take a free port where `port` is taken. */
  readonly anyPort: boolean;
  /** Further environment variables of MiniStack. */
  readonly env?: Readonly<Record<string, string>>;
  readonly signal?: AbortSignal;
}

/** A running MiniStack. */
export interface Server {
  readonly port: number;
  readonly pid: number;
  readonly logFile: string;
  /** Resolves once the process has ended, whoever ended it. */
  readonly ended: Promise<void>;
  /** Ends it with all of its Lambda workers; safe to call twice. Throws where a process survives. */
  stop(): Promise<void>;
}

/**
 * Starts the patched MiniStack in a process group of its own and waits until it answers.
 *
 * It ends when this process ends, however that happens: the pipe to its standard input then closes.
 *
 * @throws LocalAwsError HG292 (port) or HG293 (did not come up, with the end of its log)
 */
export async function startServer(options: ServerOptions): Promise<Server> {
  const logFile = path.join(options.folder, 'ministack.log');
  const child = launch(options, logFile);
  const group = child.pid;
  if (group === undefined) throw new LocalAwsError('server', `${options.python} cannot be run.`);
  writeFileSync(path.join(options.folder, 'ministack.pid'), String(group));
  const killNow = (): void => void signalGroup(group, 'SIGKILL');
  process.once('exit', killNow);
  const ended = once(child, 'exit').then(() => undefined);
  let stopping: Promise<void> | undefined;
  const stop = (): Promise<void> => {
    stopping ??= stopGroup(group, ended).finally(() => process.removeListener('exit', killNow));
    return stopping;
  };
  options.signal?.addEventListener('abort', killNow, { once: true });
  try {
    const port = await portOf(child, options, logFile);
    await answers(port, child, logFile);
    options.signal?.removeEventListener('abort', killNow);
    return { port, pid: group, logFile, ended, stop };
  } catch (error) {
    await stop();
    options.signal?.throwIfAborted();
    throw error;
  }
}

function launch(options: ServerOptions, logFile: string): ChildProcess {
  const tmp = path.join(options.folder, 'tmp');
  mkdirSync(tmp, { recursive: true });
  // The functions are unpacked below this folder; without a package.json of its own, this project's would make every
  // .js file there an ES module, MiniStack's worker too.
  writeFileSync(path.join(tmp, 'package.json'), '{"type":"commonjs"}\n');
  const log = openSync(logFile, 'a');
  const script = path.join(root, 'local', 'ministack', 'run.py');
  try {
    return spawn(options.python, ['-I', '-B', script, String(options.port), options.anyPort ? '1' : '0'], {
      cwd: options.folder,
      env: { ...serverEnvironment(options.folder), ...options.env },
      detached: true,
      stdio: ['pipe', 'pipe', log],
    });
  } finally {
    closeSync(log);
  }
}

/** The port that run.py has bound: its first line. */
async function portOf(child: ChildProcess, options: ServerOptions, logFile: string): Promise<number> {
  const lines = createInterface(child.stdout!);
  const code = once(child, 'exit').then(([exitCode]) => exitCode as number | null);
  const line = await Promise.race([
    once(lines, 'line').then(([text]) => text as string),
    code.then((exitCode) => ({ exitCode })),
    once(child, 'error').then(([error]) =>
      Promise.reject(new LocalAwsError('server', String(error), { cause: error })),
    ),
    sleep(START_MS, undefined, { ref: false }),
  ]);
  child.stdout!.resume();
  const port = typeof line === 'string' ? /^port (\d+)$/.exec(line)?.[1] : undefined;
  if (port !== undefined) return Number(port);
  if (typeof line === 'object' && line.exitCode === PORT_TAKEN) {
    throw new LocalAwsError('port', `Port ${options.port} on 127.0.0.1 is taken. Choose another or none.`);
  }
  throw didNotStart(logFile);
}

async function answers(port: number, child: ChildProcess, logFile: string): Promise<void> {
  const until = Date.now() + START_MS;
  while (Date.now() < until && child.exitCode === null && child.signalCode === null) {
    try {
      const health = await fetch(`http://127.0.0.1:${port}/_ministack/health`, { signal: AbortSignal.timeout(5_000) });
      await health.arrayBuffer();
      if (health.ok) return;
    } catch {
      // Not yet.
    }
    await sleep(50);
  }
  throw didNotStart(logFile);
}

function didNotStart(logFile: string): LocalAwsError {
  const tail = readFileSync(logFile, 'utf8').trim().split('\n').slice(-15).join('\n');
  return new LocalAwsError('server', `MiniStack did not start. The end of its log:\n${tail || '(empty)'}`);
}

async function stopGroup(group: number, ended: Promise<void>): Promise<void> {
  signalGroup(group, 'SIGTERM');
  await Promise.race([ended, sleep(STOP_MS, undefined, { ref: false })]);
  // What is left is the server that does not listen, or its Lambda workers: they hold nothing worth waiting for.
  for (let tries = 0; tries < 40; tries++) {
    signalGroup(group, 'SIGKILL');
    const left = await liveProcesses(group);
    if (left.length === 0) return;
    await sleep(50);
  }
  const left = await liveProcesses(group);
  throw new LocalAwsError('server', `Processes of MiniStack survived SIGKILL: ${left.join(', ')}`);
}
