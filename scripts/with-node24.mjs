// Runs a script of this project, or with --bin a package's command, on Node 24, whatever Node the machine has.
//   node scripts/with-node24.mjs [--keep-aws] SCRIPT.ts [ARG ...]
//   node scripts/with-node24.mjs [--keep-aws] --bin COMMAND [ARG ...]
// Without --keep-aws no AWS credential or profile reaches the child: what runs locally can never touch an account.
import { spawn } from 'node:child_process';
import path from 'node:path';
import { node24, root, SetupError, setup } from './setup.mjs';

const args = process.argv.slice(2);
const keepAws = args[0] === '--keep-aws' && Boolean(args.shift());
const bin = args[0] === '--bin' && Boolean(args.shift());

try {
  await setup();
} catch (error) {
  console.error(error instanceof SetupError ? error.message : error);
  process.exit(1);
}

const env = { ...process.env, PATH: path.join(root, 'node_modules', '.bin') + path.delimiter + process.env.PATH };
if (!keepAws) {
  const names = Object.keys(env).filter((name) => /^(AWS_|CDK_DEFAULT_)/.test(name) && name !== 'AWS_CA_BUNDLE');
  for (const name of names) delete env[name];
  if (names.length) console.error(`Not passed on, so that nothing local reaches an AWS account: ${names.join(', ')}`);
  Object.assign(env, {
    AWS_CONFIG_FILE: '/dev/null',
    AWS_SHARED_CREDENTIALS_FILE: '/dev/null',
    AWS_EC2_METADATA_DISABLED: 'true',
  });
}

const target = bin ? [path.join(root, 'node_modules', '.bin', args[0]), ...args.slice(1)] : args;
const child = spawn(node24, target, { env, stdio: 'inherit' });
// The terminal sends Ctrl-C to the whole group; a plain kill reaches only this process and is handed on.
process.on('SIGINT', () => {});
process.on('SIGTERM', () => child.kill('SIGTERM'));
child.on('close', (code, signal) => process.exit(signal ? 1 : code));
