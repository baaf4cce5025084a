import { spawn } from 'node:child_process';
import path from 'node:path';

/** The project's root folder. */
export const root = path.resolve(import.meta.dirname, '..');

/** How a child process ended. */
export interface Ended {
  readonly code: number;
  /** What it printed, stdout and stderr as they came. */
  readonly output: string;
  readonly seconds: number;
}

/** A package's command, to be run on this same Node. */
export function packageBin(name: string): string {
  return path.join(root, 'node_modules', '.bin', name);
}

/** Runs a program to its end and collects what it prints; never throws on a bad exit code. */
export function run(
  command: string,
  args: readonly string[],
  options: { cwd?: string; env?: NodeJS.ProcessEnv; echo?: boolean } = {},
): Promise<Ended> {
  const since = performance.now();
  return new Promise((resolve, reject) => {
    const child = spawn(command, args, {
      cwd: options.cwd ?? root,
      env: options.env ?? process.env,
      stdio: ['ignore', 'pipe', 'pipe'],
    });
    const chunks: Buffer[] = [];
    for (const stream of [child.stdout, child.stderr]) {
      stream.on('data', (chunk: Buffer) => {
        chunks.push(chunk);
        if (options.echo) process.stderr.write(chunk);
      });
    }
    child.on('error', reject);
    child.on('close', (code) =>
      resolve({
        code: code ?? 1,
        output: Buffer.concat(chunks).toString('utf8'),
        seconds: (performance.now() - since) / 1000,
      }),
    );
  });
}

/** Like {@link run}, for what must succeed: throws with the output otherwise. */
export async function must(
  command: string,
  args: readonly string[],
  options: Parameters<typeof run>[2] = {},
): Promise<Ended> {
  const ended = await run(command, args, options);
  if (ended.code !== 0) {
    throw new Error(`${[path.basename(command), ...args].join(' ')} ended with ${ended.code}:\n${ended.output.trim()}`);
  }
  return ended;
}
