import { execFile } from 'node:child_process';
import { existsSync, mkdirSync } from 'node:fs';
import path from 'node:path';
import { promisify } from 'node:util';
import { withLock } from '../../../scripts/folder-lock.ts';

const PACKAGE = '@dynoxide/linux-x64';
const VERSION = '1.2.1';
const folder = path.join(import.meta.dirname, '..', '..', '..', '.local-aws', 'engine', VERSION);
const binary = path.join(folder, 'node_modules', PACKAGE, 'dynoxide');

/**
 * The DynamoDB engine that the tests run on, installed on first use into `.local-aws/engine`. It is not a dependency in
 * package.json because it exists for one platform only, and npm would fail on every other.
 *
 * @returns the path of its executable
 */
export async function installEngine(): Promise<string> {
  if (existsSync(binary)) return binary;
  if (process.platform !== 'linux' || process.arch !== 'x64') {
    throw new Error(
      `The engine tests bring a DynamoDB engine for linux-x64 only; this is ${process.platform}-${process.arch}. ` +
        'Set HEADGATE_ENGINE_ENDPOINT to the address of any DynamoDB, for example a running MiniStack (http://127.0.0.1:4566).',
    );
  }
  // Suites run in several processes: one installs, the others wait for it.
  await withLock(`${folder}.lock`, async () => {
    if (existsSync(binary)) return;
    mkdirSync(folder, { recursive: true });
    const args = ['install', '--prefix', folder, '--no-audit', '--no-fund', '--no-save', `${PACKAGE}@${VERSION}`];
    try {
      await promisify(execFile)('npm', args);
    } catch (error) {
      throw new Error(
        `The DynamoDB engine for the tests (npm package ${PACKAGE}@${VERSION}) could not be installed; ` +
          'check the network, or set HEADGATE_ENGINE_ENDPOINT to the address of any DynamoDB.',
        { cause: error },
      );
    }
  });
  return binary;
}
