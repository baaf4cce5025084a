import { execFile } from 'node:child_process';
import { readdirSync, readFileSync } from 'node:fs';
import { promisify } from 'node:util';

/**
 * The processes of a group that still run. One that has ended and is only not collected yet (a zombie) does not count:
 * in a container without an init process nobody may ever collect it.
 */
export async function liveProcesses(group: number): Promise<number[]> {
  return process.platform === 'linux' ? fromProc(group) : fromPs(group);
}

function fromProc(group: number): number[] {
  return readdirSync('/proc').flatMap((name) => {
    if (!/^\d+$/.test(name)) return [];
    try {
      // `pid (command) state parent group ...`; the command may hold spaces and parentheses.
      const stat = readFileSync(`/proc/${name}/stat`, 'utf8');
      const [state, , its] = stat.slice(stat.lastIndexOf(')') + 2).split(' ');
      return Number(its) === group && state !== 'Z' && state !== 'X' ? [Number(name)] : [];
    } catch {
      return [];
    }
  });
}

async function fromPs(group: number): Promise<number[]> {
  const { stdout } = await promisify(execFile)('ps', ['-A', '-o', 'pid=,pgid=,stat=']);
  return stdout
    .split('\n')
    .map((line) => line.trim().split(/\s+/))
    .filter(([, its, state]) => Number(its) === group && !state?.startsWith('Z'))
    .map(([pid]) => Number(pid));
}

/** Sends a signal to a whole process group; says whether anybody was there. */
export function signalGroup(group: number, signal: NodeJS.Signals): boolean {
  try {
    process.kill(-group, signal);
    return true;
  } catch (error) {
    // EPERM: on macOS, a group of zombies only.
    if (['ESRCH', 'EPERM'].includes((error as NodeJS.ErrnoException).code ?? '')) return false;
    throw error;
  }
}
