// `npm run test:peers`: the oldest aws-cdk-lib and constructs that package.json admits, tried in a fresh app.
import { mkdtempSync, readFileSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import path from 'node:path';
import { build } from './build.ts';
import { consumerApp, pack, useHeadgate } from './consumer-app.ts';
import { must, root } from './process.ts';

const { peerDependencies } = JSON.parse(readFileSync(path.join(root, 'package.json'), 'utf8'));
const floor = (name: string): string => peerDependencies[name].replace(/^[^\d]*/, '');
const peers = { 'aws-cdk-lib': floor('aws-cdk-lib'), constructs: floor('constructs') };
const folder = mkdtempSync(path.join(tmpdir(), 'headgate-peers-'));
try {
  await build();
  console.error(
    `Installing a fresh app with aws-cdk-lib ${peers['aws-cdk-lib']} and constructs ${peers.constructs} ...`,
  );
  const app = await consumerApp(folder, await pack(folder), peers);
  useHeadgate(app);
  await must('npx', ['cdk', 'synth', '--quiet', '--no-notices'], { cwd: app });
  await must('npx', ['jest'], { cwd: app });
  console.log(
    `The app synthesises and its tests pass with aws-cdk-lib ${peers['aws-cdk-lib']} and constructs ${peers.constructs}.`,
  );
} catch (error) {
  console.error(error instanceof Error ? error.message : error);
  process.exitCode = 1;
} finally {
  rmSync(folder, { recursive: true, force: true });
}
