import { localEnvironment } from './environment.ts';
import { installMiniStack } from './ministack/install.ts';
import { startServer } from './ministack/server.ts';
import { createRun } from './runs.ts';

/** Where MiniStack listens if nothing else does. */
export const USUAL_PORT = 4566;

export interface LocalAwsOptions {
  /** Must be free. @default 4566, or any free port where that is taken */
  readonly port?: number;
  /** Receives a line for each thing that takes time. */
  readonly say?: (line: string) => void;
  /** Breaks the start off; everything begun is cleaned up. */
  readonly signal?: AbortSignal;
}

/** A local AWS with IAM enforced, of this run alone. */
export interface LocalAws {
  /** For example `http://127.0.0.1:4566`. */
  readonly endpoint: string;
  readonly port: number;
  /** MiniStack's process id, and the id of the process group that its Lambda workers are in too. */
  readonly pid: number;
  /** Environment for child processes: the local endpoint and no way to a real account. */
  readonly env: Readonly<Record<string, string>>;
  /** The run's own folder; deleted by `stop`. */
  readonly folder: string;
  readonly logFile: string;
  /** Resolves when MiniStack has ended, asked or not. */
  readonly ended: Promise<void>;
  /** Ends MiniStack and its Lambdas, and deletes the run's folder. Safe to call twice. */
  stop(): Promise<void>;
}

/**
 * Installs MiniStack where it is missing, starts it with the patches and waits until it answers.
 *
 * Several may run at once on one machine, also from one checkout. It never outlives this process.
 *
 * @throws LocalAwsError with a sentence that says what to do.
 */
export async function startLocalAws(options: LocalAwsOptions = {}): Promise<LocalAws> {
  const python = await installMiniStack(options);
  const run = createRun();
  try {
    const server = await startServer({
      python,
      folder: run.folder,
      port: options.port ?? USUAL_PORT,
      anyPort: options.port === undefined,
      ...(options.signal && { signal: options.signal }),
    });
    const endpoint = `http://127.0.0.1:${server.port}`;
    return {
      endpoint,
      port: server.port,
      pid: server.pid,
      env: localEnvironment(endpoint),
      folder: run.folder,
      logFile: server.logFile,
      ended: server.ended,
      stop: () => server.stop().finally(run.remove),
    };
  } catch (error) {
    run.remove();
    throw error;
  }
}
