import path from 'node:path';
import type { BuildOptions } from 'esbuild';

/** What all bundles of this package have in common. */
export const COMMON: BuildOptions = {
  bundle: true,
  platform: 'node',
  target: 'node20',
  charset: 'utf8',
  logLevel: 'error',
  treeShaking: true,
};

/** Handlers that answer while a caller waits: what they import only where it is needed stays in files of its own. */
const IN_PARTS = ['authorizer'];

/**
 * How `name.lambda.ts` becomes `name/index.mjs`, with the AWS SDK inside: the Lambda runtime's own copy has no fixed version
 * and loads more slowly. A handler in parts has further files beside it, which belong to it: the SDK's ways to credentials
 * that no Lambda uses, and what checks tokens, which only some policies need.
 */
export function handlerBundle(entry: string, folder: string): BuildOptions {
  return {
    ...COMMON,
    entryPoints: { index: entry },
    outdir: folder,
    outExtension: { '.js': '.mjs' },
    splitting: IN_PARTS.includes(path.basename(entry, '.lambda.ts')),
    chunkNames: '[name]-[hash]',
    format: 'esm',
    minify: true,
    legalComments: 'none',
    mainFields: ['module', 'main'],
    // Some of the SDK's dependencies are CommonJS and call `require` for Node's own modules.
    banner: { js: "import{createRequire as __cr}from'node:module';const require=__cr(import.meta.url);" },
  };
}
