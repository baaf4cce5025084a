import { existsSync, readFileSync } from 'node:fs';
import path from 'node:path';

/**
 * The folder of the installed package: the nearest one above this file whose package.json is Headgate's.
 * It is the same whether this file runs from `lib/`, from the ES module build or from the CommonJS one.
 */
export function packageRoot(start: string = import.meta.dirname): string {
  for (let folder = start; ; folder = path.dirname(folder)) {
    const file = path.join(folder, 'package.json');
    if (existsSync(file) && JSON.parse(readFileSync(file, 'utf8')).name === 'headgate') return folder;
    if (path.dirname(folder) === folder) throw new Error(`No package.json of headgate above ${start}`);
  }
}
