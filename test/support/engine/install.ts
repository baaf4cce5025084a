import { execFile } from 'node:child_process';
import { existsSync, mkdirSync, rmSync, statSync } from 'node:fs';
import path from 'node:path';
import { setTimeout as sleep } from 'node:timers/promises';
import { promisify } from 'node:util';

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
  await alone(async () => {
    if (existsSync(binary)) return;
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

/** Suites run in several processes: one installs, the others wait for it. */
async function alone(work: () => Promise<void>): Promise<void> {
  mkdirSync(folder, { recursive: true });
  const lock = `${folder}.lock`;
  for (;;) {
    try {
      mkdirSync(lock);
      break;
    } catch {
      const since = statSync(lock, { throwIfNoEntry: false })?.mtimeMs;
      if (since !== undefined && Date.now() - since > 120_000) rmSync(lock, { recursive: true, force: true });
      await sleep(100);
    }
  }
  try {
    await work();
  } finally {
    rmSync(lock, { recursive: true, force: true });
  }
}
