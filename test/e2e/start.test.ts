import { type ChildProcess, spawn } from 'node:child_process';
import { once } from 'node:events';
import { existsSync, readdirSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import path from 'node:path';
import { setTimeout as sleep } from 'node:timers/promises';
import type { Row } from '../../local/demo/table.ts';
import { liveProcesses } from '../../local/ministack/processes.ts';
import { root } from '../../scripts/process.ts';

jest.setTimeout(180_000);

const RUNNER = path.join(root, 'scripts', 'with-node24.mjs');
const START = [RUNNER, path.join(root, 'local', 'start.ts')];
const REAL = { AWS_PROFILE: 'production', AWS_SESSION_TOKEN: 'a-real-token', AWS_ACCESS_KEY_ID: 'a-real-id' };

interface Ran {
  readonly code: number | null;
  readonly stdout: string;
  readonly stderr: string;
}

async function run(args: readonly string[], env: Record<string, string> = {}): Promise<Ran> {
  const child = spawn(process.execPath, args, { cwd: root, env: { ...process.env, ...env } });
  return ended(child);
}

async function ended(child: ChildProcess): Promise<Ran> {
  let [stdout, stderr] = ['', ''];
  child.stdout!.on('data', (chunk) => (stdout += chunk));
  child.stderr!.on('data', (chunk) => (stderr += chunk));
  const [code] = await once(child, 'close');
  return { code, stdout, stderr };
}

/** The run folders of a process group's members, and the MiniStacks in them. */
async function runsOf(group: number): Promise<{ folders: string[]; servers: number[] }> {
  const members = await liveProcesses(group);
  const runs = path.join(root, '.local-aws', 'runs');
  const folders = readdirSync(runs)
    .filter((name) => members.includes(Number(name.split('-')[0])))
    .map((name) => path.join(runs, name));
  const files = folders.map((folder) => path.join(folder, 'ministack.pid')).filter((file) => existsSync(file));
  return { folders, servers: files.map((file) => Number(readFileSync(file, 'utf8'))) };
}

test('npm start -- --exit --json ends with 0 and tells what came back', async () => {
  const { code, stdout, stderr } = await run([...START, '--exit', '--json'], REAL);

  expect({ code, stderr: code === 0 ? '' : stderr }).toEqual({ code: 0, stderr: '' });
  expect(stderr).toContain('Not passed on, so that nothing local reaches an AWS account');
  for (const name of Object.keys(REAL)) expect(stderr).toContain(name);
  for (const value of Object.values(REAL)) expect(stderr + stdout).not.toContain(value);
  const result = JSON.parse(stdout) as { rows: Row[]; alarm: { NewStateValue: string }; mismatches: string[] };
  expect(result.mismatches).toEqual([]);
  expect(result.alarm.NewStateValue).toBe('ALARM');
  for (const api of ['REST', 'HTTP']) {
    const rows = result.rows.filter((row) => row.api === api);
    expect(rows.some(({ allowed, limited }) => allowed > 0 && limited > 0)).toBe(true);
    expect(rows.some(({ refused }) => refused > 0)).toBe(true);
  }
});

test('the runner hands no AWS credential to its child, and says so', async () => {
  const script = path.join(tmpdir(), `headgate-print-environment-${process.pid}.mjs`);
  writeFileSync(script, 'console.log(JSON.stringify(process.env))');
  try {
    const { stdout, stderr } = await run([RUNNER, script], { ...REAL, CDK_DEFAULT_ACCOUNT: '123456789012' });
    const env = JSON.parse(stdout);
    for (const name of [...Object.keys(REAL), 'CDK_DEFAULT_ACCOUNT']) expect(env).not.toHaveProperty(name);
    expect(env).toMatchObject({ AWS_CONFIG_FILE: '/dev/null', AWS_SHARED_CREDENTIALS_FILE: '/dev/null' });
    expect(stderr).toContain('AWS_PROFILE');
  } finally {
    rmSync(script);
  }
});

test.each(['Local AWS', 'cdk deploy', 'It stays up'])('Ctrl-C at "%s" takes everything down', async (step) => {
  // A group of its own, as a terminal gives to a command: Ctrl-C reaches all of it.
  const child = spawn(process.execPath, START, { cwd: root, detached: true, stdio: ['ignore', 'pipe', 'pipe'] });
  const done = ended(child);
  let seen = '';
  child.stderr.on('data', (chunk) => (seen += chunk));
  while (!seen.includes(step) && child.exitCode === null) await sleep(20);
  const { folders, servers } = await runsOf(child.pid!);

  process.kill(-child.pid!, 'SIGINT');

  const { code, stderr } = await done;
  expect(stderr).toContain('Taken down.');
  expect(code).toBe(step === 'It stays up' ? 0 : 130);
  expect(await liveProcesses(child.pid!)).toEqual([]);
  for (const group of servers) expect(await liveProcesses(group)).toEqual([]);
  expect(folders.filter((folder) => existsSync(folder))).toEqual([]);
  // Unless nothing had begun yet, there was something to take down.
  if (step !== 'Local AWS') expect(servers).toHaveLength(1);
});

test.each([
  [['--port', 'abc'], 'A port is a whole number from 1 to 65535.'],
  [['--forever'], "unknown option '--forever'"],
])('%j is refused', async (args, text) => {
  const { code, stderr } = await run([...START, ...args]);
  expect(code).toBe(1);
  expect(stderr).toContain(text);
});

test('without Python it says so', async () => {
  const { code, stderr } = await run([...START, '--exit'], { PATH: path.dirname(process.execPath) });
  expect(code).toBe(1);
  expect(stderr).toMatch(/HG290: The local AWS needs Python 3\.10 or newer, and there is no python3 or python on PATH/);
});
