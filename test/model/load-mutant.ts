import { readFileSync } from 'node:fs';
import path from 'node:path';
import { build } from 'esbuild';
import type { Limiter as TheLimiter } from '../../lambda/limiter/limiter.ts';
import type { Mutant } from './mutants.ts';

const folder = path.join(__dirname, '..', '..', 'lambda', 'limiter');

/**
 * The limiter with one place of its source changed, in memory.
 *
 * @throws where the text is not there exactly once: then the mutant is of an older version and proves nothing
 */
export async function loadMutant({ name, file, text, instead }: Mutant): Promise<typeof TheLimiter> {
  const changed = path.join(folder, file);
  const source = readFileSync(changed, 'utf8');
  const found = source.split(text).length - 1;
  if (found !== 1) {
    throw new Error(`The mutant "${name}" does not apply: its text stands ${found} times in lambda/limiter/${file}.`);
  }
  const { outputFiles } = await build({
    stdin: {
      contents: "export { Limiter } from './limiter.ts'; export { StoreError } from './store-error.ts';",
      resolveDir: folder,
    },
    bundle: true,
    write: false,
    platform: 'node',
    format: 'cjs',
    plugins: [
      {
        name: 'mutant',
        setup: ({ onLoad, onResolve }) => {
          // The store raises the same errors as the limiter knows: one copy of them.
          onResolve({ filter: /\/store-error\.ts$/ }, () => ({
            path: path.join(folder, 'store-error.ts'),
            external: true,
          }));
          onLoad({ filter: /\.ts$/ }, (args) =>
            args.path === changed ? { contents: source.replace(text, () => instead), loader: 'ts' } : undefined,
          );
        },
      },
    ],
  });
  const module = { exports: {} as { Limiter: typeof TheLimiter } };
  const load = new Function('module', 'exports', 'require', outputFiles[0]!.text);
  load(module, module.exports, require);
  return module.exports.Limiter;
}
