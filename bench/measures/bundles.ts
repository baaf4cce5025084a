import { mkdirSync, mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import path from 'node:path';
import { pathToFileURL } from 'node:url';
import { gzipSync } from 'node:zlib';
import { build as esbuild, type Metafile } from 'esbuild';
import { compilePolicy } from '../../lambda/policy/parse.ts';
import { build } from '../../scripts/build.ts';
import { handlerBundle } from '../../scripts/handler-bundle.ts';
import { must, root } from '../../scripts/process.ts';
import { percentile } from './percentile.ts';

export interface BundleFigures {
  readonly name: string;
  readonly kib: number;
  readonly gzipKib: number;
  /** Median time to import it in a fresh process, ms. */
  readonly importMs: number;
}

/**
 * Sizes and import times of what is built. The authorizer is measured as it is deployed, with a policy beside it; its
 * import opens the connection to DynamoDB, here to the engine.
 */
export async function measureBundles(engine: string, imports: number): Promise<BundleFigures[]> {
  await build();
  mkdirSync(path.join(root, '.local-aws'), { recursive: true });
  const folder = mkdtempSync(path.join(root, '.local-aws', 'bench-import-'));
  try {
    const entry = path.join(root, 'lambda/authorizer/authorizer.lambda.ts');
    const options = { ...handlerBundle(entry, folder), absWorkingDir: folder, metafile: true } as const;
    const { metafile } = await esbuild(options);
    const authorizer = path.join(folder, 'index.mjs');
    const loaded = [...loadedAtStart(metafile)].map((file) => readFileSync(path.join(folder, file)));
    const policy = compilePolicy('limits:\n  client:\n    per: client\n    rate: 60/minute\n', 'bench');
    writeFileSync(path.join(folder, 'policy.json'), JSON.stringify(policy));
    const environment = {
      HEADGATE_COUNTERS_TABLE: 'counters',
      HEADGATE_REGISTRY_TABLE: 'registry',
      HEADGATE_GATE: 'bench',
      AWS_ENDPOINT_URL: engine,
      AWS_REGION: 'us-east-1',
      AWS_ACCESS_KEY_ID: 'test',
      AWS_SECRET_ACCESS_KEY: 'test',
    };
    const name = 'authorizer function, what it loads at its start';
    const figures = [await measure(name, authorizer, Buffer.concat(loaded), imports, environment)];
    for (const [name, file] of ENTRIES) {
      const entry = path.join(root, 'dist/esm/lambda', file);
      figures.push(
        await measure(`headgate/${name}, without its dependencies`, entry, await minified(entry), imports, {}),
      );
    }
    return figures;
  } finally {
    rmSync(folder, { recursive: true, force: true });
  }
}

/** By the name under which a user imports it. */
const ENTRIES = [
  ['limiter', 'standalone/index.js'],
  ['middleware', 'middleware/index.js'],
] as const;

/** The files that importing `index.mjs` loads; what it imports on demand, such as the check of tokens, is not among them. */
function loadedAtStart({ outputs }: Metafile): ReadonlySet<string> {
  const found = new Set<string>();
  const visit = (file: string): void => {
    if (found.has(file)) return;
    found.add(file);
    for (const { path: next, kind } of outputs[file]?.imports ?? [])
      if (kind === 'import-statement' && next in outputs) visit(next);
  };
  visit('index.mjs');
  return found;
}

/** The entry with its chunks, as a user's bundler would make it. */
async function minified(entry: string): Promise<Uint8Array> {
  const { outputFiles } = await esbuild({
    entryPoints: [entry],
    bundle: true,
    minify: true,
    write: false,
    platform: 'node',
    format: 'esm',
    packages: 'external',
  });
  return outputFiles[0]!.contents;
}

async function measure(
  name: string,
  file: string,
  contents: Uint8Array,
  imports: number,
  environment: Readonly<Record<string, string>>,
): Promise<BundleFigures> {
  const times: number[] = [];
  const script = `const since = performance.now(); await import('${pathToFileURL(file)}'); console.log('ms', performance.now() - since); process.exit(0)`;
  for (let i = 0; i < imports; i++) {
    const env = { ...process.env, ...environment };
    const { output } = await must(process.execPath, ['--input-type=module', '-e', script], { env });
    times.push(Number(/^ms (\S+)$/m.exec(output)?.[1]));
  }
  return {
    name,
    kib: contents.length / 1024,
    gzipKib: gzipSync(contents, { level: 9 }).length / 1024,
    importMs: percentile(times, 0.5),
  };
}
