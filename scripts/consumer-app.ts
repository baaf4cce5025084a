// The package as its users get it: packed by npm, installed into a fresh `cdk init` TypeScript app.
import { cpSync, mkdirSync, readFileSync, writeFileSync } from 'node:fs';
import path from 'node:path';
import { must, packageBin, root } from './process.ts';

const NPM_QUIET = ['--no-audit', '--no-fund', '--loglevel=error', '--prefer-offline'];

/** Packs the project as it is in `dist/` and returns the tarball's path. */
export async function pack(folder: string): Promise<string> {
  const { output } = await must('npm', [
    'pack',
    '--json',
    '--ignore-scripts',
    '--loglevel=silent',
    '--pack-destination',
    folder,
  ]);
  const listing = JSON.parse(output.slice(output.search(/[[{]/))) as
    | { filename: string }[]
    | Record<string, { filename: string }>;
  const filename = Object.values(listing)[0]?.filename;
  if (!filename) throw new Error(`npm pack did not name its tarball:\n${output}`);
  return path.join(folder, filename);
}

/** The peers to install beside the package; absent: what `cdk init` itself asks for. */
export interface Peers {
  readonly 'aws-cdk-lib': string;
  readonly constructs: string;
}

/** Makes the app `shop` in `folder`, with the package installed and nothing changed yet. */
export async function consumerApp(folder: string, tarball: string, peers?: Peers): Promise<string> {
  const app = path.join(folder, 'shop');
  mkdirSync(app, { recursive: true });
  await must(packageBin('cdk'), ['init', 'app', '--language', 'typescript', '--generate-only'], { cwd: app });
  const manifest = path.join(app, 'package.json');
  const json = JSON.parse(readFileSync(manifest, 'utf8'));
  json.dependencies = { ...json.dependencies, ...peers, headgate: `file:${tarball}` };
  writeFileSync(manifest, JSON.stringify(json, null, 2));
  await must('npm', ['install', ...NPM_QUIET], { cwd: app });
  if (peers) withoutTestHelper(app);
  return app;
}

/** The template of today's CDK names a Jest helper that an older aws-cdk-lib does not have. */
function withoutTestHelper(app: string): void {
  const config = path.join(app, 'jest.config.js');
  writeFileSync(config, readFileSync(config, 'utf8').replace(/^.*aws-cdk-lib\/testhelpers.*$/m, ''));
}

/** Puts Headgate before an API of the app's own stack, as the README shows it. */
export function useHeadgate(app: string): void {
  cpSync(path.join(root, 'test/package/shop-stack.ts.txt'), path.join(app, 'lib/shop-stack.ts'));
  cpSync(path.join(root, 'test/package/shop.test.ts.txt'), path.join(app, 'test/shop.test.ts'));
  cpSync(path.join(root, 'test/package/headgate.yaml'), path.join(app, 'headgate.yaml'));
}
