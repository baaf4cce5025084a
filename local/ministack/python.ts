import { execFile } from 'node:child_process';
import { promisify } from 'node:util';
import { LocalAwsError } from '../local-aws-error.ts';

const OLDEST = [3, 10] as const;
const NAMES = ['python3', 'python', 'python3.14', 'python3.13', 'python3.12', 'python3.11', 'python3.10'];
const QUESTION = 'import sys; print("%d.%d" % sys.version_info[:2])';

/** A Python of this machine that MiniStack can run on. */
export interface Python {
  readonly command: string;
  /** For example `3.11`. */
  readonly version: string;
}

/** Tells a command's version, or undefined where it is not there or does not run. */
export type AskVersion = (command: string) => Promise<string | undefined>;

/**
 * Finds Python 3.10 or newer on PATH.
 *
 * @throws LocalAwsError HG290 where there is none, or only older ones (named).
 */
export async function findPython(ask: AskVersion = askVersion): Promise<Python> {
  const tooOld: string[] = [];
  for (const command of NAMES) {
    const version = await ask(command);
    if (version === undefined) continue;
    if (isNewEnough(version)) return { command, version };
    tooOld.push(`${command} is ${version}`);
  }
  const wanted = `The local AWS needs Python ${OLDEST.join('.')} or newer`;
  throw new LocalAwsError(
    'python',
    tooOld.length > 0
      ? `${wanted}, but ${tooOld.join(', ')}. Install a newer one and put it on PATH.`
      : `${wanted}, and there is no python3 or python on PATH. Install it (Debian, Ubuntu: apt install python3 python3-venv; macOS: brew install python).`,
  );
}

function isNewEnough(version: string): boolean {
  const [major = 0, minor = 0] = version.split('.').map(Number);
  return major > OLDEST[0] || (major === OLDEST[0] && minor >= OLDEST[1]);
}

async function askVersion(command: string): Promise<string | undefined> {
  try {
    const { stdout } = await promisify(execFile)(command, ['-c', QUESTION], { timeout: 20_000 });
    return /^\d+\.\d+$/.exec(stdout.trim())?.[0];
  } catch {
    return undefined;
  }
}
