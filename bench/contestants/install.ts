import { existsSync, mkdirSync } from 'node:fs';
import { createRequire } from 'node:module';
import path from 'node:path';
import { must, root } from '../../scripts/process.ts';

/** What the bench compares with, at exactly this version. */
export const PEER = { name: 'rate-limiter-flexible', version: '11.4.0' } as const;
const folder = path.join(root, '.local-aws', 'bench', `${PEER.name}-${PEER.version}`);

/** Installs the peer on first use, beside the project and not as a dependency of it. */
export async function installPeer(): Promise<void> {
  if (existsSync(path.join(folder, 'node_modules', PEER.name, 'package.json'))) return;
  mkdirSync(folder, { recursive: true });
  const args = ['install', '--prefix', folder, '--no-audit', '--no-fund', '--no-save', '--ignore-scripts'];
  await must('npm', [...args, `${PEER.name}@${PEER.version}`]);
}

/** The peer's module, as it was published. */
export function loadPeer(): unknown {
  return createRequire(path.join(folder, 'index.js'))(PEER.name);
}
