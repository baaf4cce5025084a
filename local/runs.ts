import { mkdirSync, mkdtempSync, readdirSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import path from 'node:path';
import { root } from '../scripts/process.ts';

const OWNER = 'owner.pid';

/** A folder that belongs to one run of the local AWS alone. */
export interface Run {
  readonly folder: string;
  /** Deletes the folder. Safe to call twice. */
  remove(): void;
}

/**
 * Makes the folder of a new run below `.local-aws/runs`, and removes those whose owner is gone (it was killed).
 */
export function createRun(runs: string = path.join(root, '.local-aws', 'runs')): Run {
  mkdirSync(runs, { recursive: true });
  sweep(runs);
  const folder = mkdtempSync(path.join(runs, `${process.pid}-`));
  writeFileSync(path.join(folder, OWNER), String(process.pid));
  const remove = (): void => {
    process.removeListener('exit', remove);
    rmSync(folder, { recursive: true, force: true, maxRetries: 3 });
  };
  process.once('exit', remove);
  return { folder, remove };
}

function sweep(runs: string): void {
  for (const name of readdirSync(runs)) {
    const folder = path.join(runs, name);
    if (!isAlive(ownerOf(folder, name))) rmSync(folder, { recursive: true, force: true, maxRetries: 3 });
  }
}

/** The folder's name says whose it is even before the file in it is written. */
function ownerOf(folder: string, name: string): number {
  try {
    return Number(readFileSync(path.join(folder, OWNER), 'utf8'));
  } catch {
    return Number(name.split('-')[0]);
  }
}

function isAlive(pid: number): boolean {
  if (!Number.isInteger(pid) || pid <= 0) return false;
  try {
    process.kill(pid, 0);
    return true;
  } catch (error) {
    return (error as NodeJS.ErrnoException).code === 'EPERM';
  }
}
