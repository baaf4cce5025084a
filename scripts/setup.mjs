// Installs the npm packages where they are missing or older than the lock file. Plain JavaScript without packages: it is
// what runs first in a fresh clone, under whatever Node 20 or newer the machine has.
import { execFile, spawn } from 'node:child_process';
import { createHash } from 'node:crypto';
import { existsSync, mkdirSync, readFileSync, rmSync, statSync, writeFileSync } from 'node:fs';
import path from 'node:path';
import { setTimeout as sleep } from 'node:timers/promises';
import { fileURLToPath, pathToFileURL } from 'node:url';
import { promisify } from 'node:util';

export const root = path.resolve(path.dirname(fileURLToPath(import.meta.url)), '..');
/** The Node that every npm script runs on: the major of the Lambda runtime. */
export const node24 = path.join(root, 'node_modules', 'node', 'bin', 'node');
const stamp = path.join(root, 'node_modules', '.headgate-lock-sha256');
const lock = path.join(root, '.local-aws', 'setup.lock');

/** A sentence for the user instead of a stack trace. */
export class SetupError extends Error {}

const wanted = () =>
  createHash('sha256')
    .update(readFileSync(path.join(root, 'package-lock.json')))
    .digest('hex');
const ready = () => existsSync(node24) && existsSync(stamp) && readFileSync(stamp, 'utf8') === wanted();

/** Makes sure that `node_modules` is what the lock file says. Two at once: the second waits for the first. */
export async function setup(log = console.error) {
  const major = Number(process.versions.node.split('.')[0]);
  if (major < 20) throw new SetupError(`Node ${process.versions.node} is too old: Headgate needs Node 20 or newer.`);
  if (ready()) return;
  await withLock(async () => {
    if (ready()) return;
    const since = Date.now();
    log('Installing npm packages (first time: about half a minute) ...');
    await npmCi();
    await checkNode24();
    writeFileSync(stamp, wanted());
    log(`Installed npm packages in ${((Date.now() - since) / 1000).toFixed(0)} s.`);
  }, log);
}

async function npmCi() {
  const args = ['ci', '--no-audit', '--no-fund', '--loglevel=error'];
  const child = spawn('npm', args, {
    cwd: root,
    stdio: ['ignore', 'ignore', 'pipe'],
    shell: process.platform === 'win32',
  });
  let problems = '';
  child.stderr.on('data', (chunk) => (problems = (problems + chunk).slice(-4000)));
  const code = await new Promise((resolve, reject) => child.on('error', reject).on('close', resolve));
  if (code === 0) return;
  const offline = /ENOTFOUND|EAI_AGAIN|ECONNREFUSED|ENETUNREACH|ETIMEDOUT|network/i.test(problems);
  throw new SetupError(
    offline
      ? 'The npm packages could not be installed: no package registry answers. Check the network (or the proxy in `npm config`) and run the command again.'
      : `The npm packages could not be installed (npm ci ended with ${code}):\n${problems.trim()}`,
  );
}

async function checkNode24() {
  try {
    const { stdout } = await promisify(execFile)(node24, ['--version']);
    if (stdout.startsWith('v24.')) return;
  } catch {
    // Said below.
  }
  throw new SetupError(
    "The npm package `node` did not bring its Node 24. Its install script must run: check that npm's `ignore-scripts` is off, remove node_modules and run the command again.",
  );
}

async function withLock(work, log) {
  mkdirSync(path.dirname(lock), { recursive: true });
  for (let waited = 0; ; waited++) {
    try {
      mkdirSync(lock);
      break;
    } catch (error) {
      if (error.code !== 'EEXIST') throw error;
      if (Date.now() - (statSync(lock, { throwIfNoEntry: false })?.mtimeMs ?? 0) > 15 * 60_000) {
        rmSync(lock, { recursive: true, force: true });
      } else {
        if (waited === 0) log('Another Headgate command is installing packages in this folder; waiting for it ...');
        await sleep(500);
      }
    }
  }
  const release = () => rmSync(lock, { recursive: true, force: true });
  process.once('exit', release);
  try {
    await work();
  } finally {
    release();
    process.removeListener('exit', release);
  }
}

if (import.meta.url === pathToFileURL(process.argv[1] ?? '').href) {
  setup().catch((error) => {
    console.error(error instanceof SetupError ? error.message : error);
    process.exitCode = 1;
  });
}
