import { readdirSync, readFileSync } from 'node:fs';
import path from 'node:path';
import type { Metafile } from 'esbuild';

/**
 * The packages of which something is in a bundle, each with its licence, whose words have to go with it.
 *
 * @param root to which the paths in `metafiles` are relative
 * @throws Error for a package that does not say under which licence it is
 */
export function thirdPartyText(root: string, metafiles: readonly Metafile[]): string {
  const folders = new Set<string>();
  for (const { inputs } of metafiles.flatMap(({ outputs }) => Object.values(outputs))) {
    for (const [file, { bytesInOutput }] of Object.entries(inputs)) {
      const folder = /^.*node_modules\/(?:@[^/]+\/)?[^/]+(?=\/)/.exec(file)?.[0];
      if (bytesInOutput > 0 && folder !== undefined) folders.add(folder);
    }
  }
  const packages = [...folders].map((folder) => {
    const { name, version, license } = JSON.parse(readFileSync(path.join(root, folder, 'package.json'), 'utf8'));
    if (typeof license !== 'string') throw new Error(`${folder}/package.json names no licence`);
    const texts = readdirSync(path.join(root, folder))
      .filter((file) => /^(?:licen[cs]e|notice|copying)/i.test(file))
      .sort()
      .map((file) => readFileSync(path.join(root, folder, file), 'utf8').trim());
    return { title: `${name} ${version} (${license})`, words: texts.join('\n\n') };
  });
  // Many packages of one project have the same words.
  const parts = [...new Set(packages.map(({ words }) => words))].map((words) => {
    const titles = packages.filter((one) => one.words === words).map(({ title }) => title);
    return [...titles.sort(), '', words || 'No further words come with it.'].join('\n');
  });
  return `The handlers in this folder hold parts of these packages.\n\n${parts.sort().join(`\n\n${'-'.repeat(80)}\n\n`)}\n`;
}
