import { existsSync, readFileSync } from 'node:fs';
import path from 'node:path';

/** The package's own folder: the nearest one above with its package.json, from the sources as from dist/. */
export function packageRoot(from: string): string {
  for (let folder = from; ; folder = path.dirname(folder)) {
    if (existsSync(path.join(folder, 'package.json')) && manifest(folder).name === 'headgate') return folder;
    if (folder === path.dirname(folder)) throw new Error(`no package.json of headgate above ${from}`);
  }
}

export function packageVersion(root: string): string {
  return manifest(root).version ?? '0.0.0';
}

function manifest(folder: string): { name?: string; version?: string } {
  return JSON.parse(readFileSync(path.join(folder, 'package.json'), 'utf8'));
}
