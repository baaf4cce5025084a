import { cpSync, readFileSync, writeFileSync } from 'node:fs';
import path from 'node:path';
import { root } from '../../../../scripts/process.ts';

/**
 * Copies the bundled handlers into a folder, the one that attaches with a fault: the process that works on an API is killed
 * right before a change of the control plane is sent. Nothing is caught, nothing is cleaned up, as when a function runs out
 * of time or memory.
 *
 * @param folder must not exist yet
 * @param lives for each API, how many changes its first process may make, how many its second, ...; later ones live
 */
export function dyingHandlers(folder: string, lives: Readonly<Record<string, readonly number[]>>): string {
  cpSync(path.join(root, 'dist', 'handlers'), folder, { recursive: true });
  const attach = path.join(folder, 'attach', 'index.mjs');
  writeFileSync(attach, `${fault(folder, lives)}\n${readFileSync(attach, 'utf8')}`);
  return folder;
}

/** Runs before the bundle's own code and after its imports, which learn of the new `request` by `syncBuiltinESMExports`. */
const fault = (folder: string, lives: Readonly<Record<string, readonly number[]>>): string => `
import dyingHttp from 'node:http';
import dyingFiles from 'node:fs';
import { syncBuiltinESMExports as dyingSync } from 'node:module';
{
  const lives = ${JSON.stringify(lives)};
  const { request } = dyingHttp;
  const made = {};
  dyingHttp.request = (...args) => {
    const { method = 'GET', path = '' } = args.find((arg) => arg && typeof arg === 'object' && 'path' in arg) ?? {};
    const api = /^\\/(?:restapis|v2\\/apis)\\/([^/]+)\\//.exec(path)?.[1];
    if (api in lives && method !== 'GET') {
      const deaths = '${folder}/' + api + '.deaths';
      const died = dyingFiles.existsSync(deaths) ? dyingFiles.readFileSync(deaths).length : 0;
      if ((made[api] ?? 0) >= (lives[api][died] ?? Infinity)) {
        dyingFiles.appendFileSync(deaths, '+');
        process.kill(process.pid, 'SIGKILL');
      }
      made[api] = (made[api] ?? 0) + 1;
    }
    return request(...args);
  };
  dyingSync();
}`;
