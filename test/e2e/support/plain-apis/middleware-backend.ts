import path from 'node:path';
import { build } from 'esbuild';
import { root } from '../../../../scripts/process.ts';

/** The code of a backend that has Headgate's middleware and says what reached it, as one CommonJS text. */
export async function middlewareBackend(): Promise<string> {
  const contents = `
    import middy from '@middy/core';
    import { rateLimitHeaders } from './lambda/middleware/index.ts';
    export const handler = middy(async () => ({ statusCode: 200, body: '{"backend":"middleware"}' })).use(rateLimitHeaders());`;
  const { outputFiles } = await build({
    stdin: { contents, resolveDir: root, sourcefile: path.join(root, 'backend.ts'), loader: 'ts' },
    bundle: true,
    minify: true,
    write: false,
    platform: 'node',
    format: 'cjs',
    target: 'node24',
  });
  return outputFiles[0]!.text;
}
