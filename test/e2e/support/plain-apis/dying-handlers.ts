import { cpSync, mkdirSync, readFileSync, writeFileSync } from 'node:fs';
import path from 'node:path';
import { root } from '../../../../scripts/process.ts';

/**
 * Copies the bundled handlers into a folder, the one that attaches with a fault: after so many changes of the control plane
 * its process is killed, right before the next one is sent. Nothing is caught, nothing is cleaned up, as when a function
 * runs out of time or memory.
 *
 * @param changes how many may be made by one process
 */
export function dyingHandlers(folder: string, changes: number): string {
  cpSync(path.join(root, 'dist', 'handlers'), folder, { recursive: true });
  const real = readFileSync(path.join(folder, 'attach', 'index.mjs'), 'utf8');
  mkdirSync(path.join(folder, 'attach'), { recursive: true });
  writeFileSync(path.join(folder, 'attach', 'index.mjs'), `${fault(changes)}\n${real}`);
  return folder;
}

/** Runs before the bundle's own code and after its imports: those of `node:http` are told by `syncBuiltinESMExports`. */
const fault = (changes: number): string => `
import dyingHttp from 'node:http';
import { syncBuiltinESMExports as dyingSync } from 'node:module';
{
  const { request } = dyingHttp;
  let left = ${changes};
  dyingHttp.request = (...args) => {
    const { method = 'GET', path = '' } = args.find((arg) => arg && typeof arg === 'object' && 'path' in arg) ?? {};
    const changes = method !== 'GET' && /^\\/(restapis|v2\\/apis)\\//.test(path);
    if (changes && left-- === 0) process.kill(process.pid, 'SIGKILL');
    return request(...args);
  };
  dyingSync();
}`;
