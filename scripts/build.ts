// Builds `dist/`: what the package ships and what a deployment uploads. Does nothing where no source has changed.
import { createHash } from 'node:crypto';
import { cpSync, existsSync, globSync, mkdirSync, readFileSync, renameSync, rmSync, writeFileSync } from 'node:fs';
import path from 'node:path';
import { type BuildOptions, build as esbuild } from 'esbuild';
import { withLock } from './folder-lock.ts';
import { COMMON, handlerBundle } from './handler-bundle.ts';
import { must, packageBin, root } from './process.ts';
import { thirdPartyText } from './third-party.ts';

/** The package's entry points (`exports` in package.json), as paths without extension. */
const ENTRY_POINTS = [
  'lib/index',
  'lambda/standalone/index',
  'lambda/policy/index',
  'lambda/middleware/index',
  'lambda/middleware/rate-limit',
  'lambda/own-authorizer/index',
];
const SOURCES = ['{bin,lib,lambda,examples,scripts}/**/*.ts', 'package.json', 'package-lock.json', 'tsconfig*.json'];
const dist = path.join(root, 'dist');

/** Brings `dist/` up to date. Safe to call from several processes at once. */
export async function build(): Promise<{ built: boolean }> {
  return withLock(path.join(root, '.local-aws', 'build.lock'), async () => {
    const wanted = fingerprint();
    const stamp = path.join(dist, '.sources-sha256');
    if (existsSync(stamp) && readFileSync(stamp, 'utf8') === wanted) return { built: false };
    // Built beside and moved into place: whoever reads dist/ meanwhile never sees half of it.
    const next = path.join(root, '.local-aws', `dist-${process.pid}`);
    rmSync(next, { recursive: true, force: true });
    mkdirSync(next, { recursive: true });
    await Promise.all([handlers(next), library(next), commandLine(next), declarations(next)]);
    writeFileSync(path.join(next, '.sources-sha256'), wanted);
    const before = `${next}-before`;
    if (existsSync(dist)) renameSync(dist, before);
    renameSync(next, dist);
    rmSync(before, { recursive: true, force: true });
    return { built: true };
  });
}

function fingerprint(): string {
  const hash = createHash('sha256');
  for (const file of SOURCES.flatMap((pattern) => globSync(pattern, { cwd: root })).sort()) {
    hash.update(`${file}\0`).update(readFileSync(path.join(root, file)));
  }
  return hash.digest('hex');
}

/** Every `name.lambda.ts` becomes `handlers/name/`. Nothing is bundled in the app that uses the constructs. */
async function handlers(out: string): Promise<void> {
  const entries = globSync('{lambda,examples}/**/*.lambda.ts', { cwd: root });
  const built = await Promise.all(
    entries.map((entry) => {
      const folder = path.join(out, 'handlers', path.basename(entry, '.lambda.ts'));
      return esbuild({ ...handlerBundle(path.join(root, entry), folder), absWorkingDir: root, metafile: true });
    }),
  );
  const licences = thirdPartyText(
    root,
    built.map(({ metafile }) => metafile),
  );
  // Beside the handlers' folders: what is deployed does not change.
  writeFileSync(path.join(out, 'handlers', 'THIRD-PARTY.txt'), licences);
}

async function library(out: string): Promise<void> {
  const entryPoints = Object.fromEntries(ENTRY_POINTS.map((entry) => [entry, path.join(root, `${entry}.ts`)]));
  const shared: BuildOptions = { ...COMMON, entryPoints, packages: 'external' };
  await Promise.all([
    esbuild({ ...shared, format: 'esm', outdir: path.join(out, 'esm'), splitting: true, chunkNames: 'chunks/[hash]' }),
    esbuild({
      ...shared,
      format: 'cjs',
      outdir: path.join(out, 'cjs'),
      define: { 'import.meta.dirname': '__dirname' },
    }),
  ]);
  for (const [folder, type] of [
    ['esm', 'module'],
    ['cjs', 'commonjs'],
  ] as const) {
    writeFileSync(path.join(out, folder, 'package.json'), `${JSON.stringify({ type })}\n`);
  }
}

async function commandLine(out: string): Promise<void> {
  await esbuild({
    ...COMMON,
    entryPoints: [path.join(root, 'bin/headgate.ts')],
    outfile: path.join(out, 'bin/headgate.js'),
    packages: 'external',
    format: 'esm',
  });
}

/** The same declarations for both module kinds: the package.json beside them says which kind they describe. */
async function declarations(out: string): Promise<void> {
  await must(packageBin('tsc'), ['-p', 'tsconfig.build.json', '--outDir', path.join(out, 'esm')]);
  cpSync(path.join(out, 'esm'), path.join(out, 'cjs'), {
    recursive: true,
    filter: (source) => !/\.(js|json)$/.test(source) && !source.includes(`${path.sep}chunks`),
  });
}

if (process.argv[1] === import.meta.filename) {
  const since = performance.now();
  const { built } = await build();
  const seconds = ((performance.now() - since) / 1000).toFixed(1);
  console.error(built ? `Built dist/ in ${seconds} s.` : 'dist/ is up to date.');
}
