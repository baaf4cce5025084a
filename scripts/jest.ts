// Runs one kind of test: node scripts/jest.ts unit|engine|templates|package|e2e [jest options]
import { spawn } from 'node:child_process';
import { build } from './build.ts';
import { packageBin, root } from './process.ts';

const [project, ...rest] = process.argv.slice(2);
if (!project) {
  console.error('Which tests? One of: unit, engine, templates, package, e2e');
  process.exit(2);
}
if (project !== 'unit' && project !== 'engine') await build();
const child = spawn(packageBin('jest'), ['--selectProjects', project, ...rest], { cwd: root, stdio: 'inherit' });
process.on('SIGINT', () => {});
child.on('close', (code) => process.exit(code ?? 1));
