import { execFile, spawn } from 'node:child_process';
import { once } from 'node:events';
import { chmodSync, cpSync, existsSync, mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { createServer } from 'node:net';
import path from 'node:path';
import { createInterface } from 'node:readline';
import { setTimeout as sleep } from 'node:timers/promises';
import { promisify } from 'node:util';
import { startLocalAws } from '../../local/local-aws.ts';
import { installMiniStack } from '../../local/ministack/install.ts';
import { liveProcesses } from '../../local/ministack/processes.ts';
import { root } from '../../scripts/process.ts';

jest.setTimeout(120_000);

const health = (endpoint: string) => fetch(`${endpoint}/_ministack/health`).then((answer) => answer.ok);

async function untilGone(group: number): Promise<number[]> {
  let left = await liveProcesses(group);
  for (let tries = 0; left.length > 0 && tries < 100; tries++) {
    await sleep(100);
    left = await liveProcesses(group);
  }
  return left;
}

describe('starting and stopping', () => {
  test('two at once have a port and a folder each, and stopping one leaves the other', async () => {
    const [first, second] = await Promise.all([startLocalAws(), startLocalAws()]);
    try {
      expect(first.port).not.toBe(second.port);
      expect(first.folder).not.toBe(second.folder);
      await first.stop();
      expect(await liveProcesses(first.pid)).toEqual([]);
      expect(existsSync(first.folder)).toBe(false);
      expect(await health(second.endpoint)).toBe(true);
    } finally {
      await Promise.all([first.stop(), second.stop()]);
    }
  });

  test('a port that was asked for and is taken is an error that names it', async () => {
    const taken = createServer().listen(0, '127.0.0.1');
    await once(taken, 'listening');
    const { port } = taken.address() as { port: number };

    await expect(startLocalAws({ port })).rejects.toThrow(`HG292: Port ${port} on 127.0.0.1 is taken.`);

    taken.close();
  });

  test('broken off while it starts, it leaves nothing behind', async () => {
    const abort = new AbortController();
    const starting = startLocalAws({ signal: abort.signal });
    abort.abort();
    await expect(starting).rejects.toThrow(/abort/i);
  });

  test.each(['SIGKILL', 'SIGTERM'] as const)('it does not outlive a process that ends by %s', async (signal) => {
    const script = path.join(root, 'test', 'e2e', 'support', 'hold-local-aws.ts');
    const owner = spawn(process.execPath, [script], { stdio: ['ignore', 'pipe', 'inherit'] });
    const [line] = await once(createInterface(owner.stdout), 'line');
    const held = JSON.parse(line) as { endpoint: string; folder: string; pid: number };
    expect(await health(held.endpoint)).toBe(true);

    owner.kill(signal);

    expect(await untilGone(held.pid)).toEqual([]);
    // Nobody was left to delete the folder: the next start does.
    await (await startLocalAws()).stop();
    expect(existsSync(held.folder)).toBe(false);
  });
});

describe('installing', () => {
  const venv = path.join(root, '.local-aws', 'venv');
  let folder: string;
  beforeAll(() => installMiniStack());
  beforeEach(() => {
    folder = mkdtempSync(path.join(root, '.local-aws', 'install-test-'));
  });
  afterEach(() => rmSync(folder, { recursive: true, force: true }));

  test('says nothing and does nothing where MiniStack is complete', async () => {
    const said: string[] = [];
    expect(await installMiniStack({ say: (line) => said.push(line) })).toBe(path.join(venv, 'bin', 'python'));
    expect(said).toEqual([]);
  });

  test('makes a half-installed environment anew; a second one waits for the first', async () => {
    const half = path.join(folder, 'venv');
    cpSync(venv, half, { recursive: true, verbatimSymlinks: true });
    const [file] = await findFile(half, 'apigateway_v1.py');
    rmSync(file!);
    const said: string[] = [];
    const say = (line: string): void => void said.push(line);

    const [python] = await Promise.all([installMiniStack({ venv: half, say }), installMiniStack({ venv: half, say })]);

    expect(existsSync(file!)).toBe(true);
    expect(said.filter((line) => line.startsWith('Installing'))).toHaveLength(1);
    expect(said).toContainEqual(expect.stringContaining('waiting'));
    await promisify(execFile)(python!, ['-I', '-c', 'import ministack.services.apigateway_v1']);
  });

  test('without network it says so', async () => {
    const env = {
      ...process.env,
      PIP_INDEX_URL: 'http://127.0.0.1:9/simple',
      PIP_FIND_LINKS: '',
      PIP_NO_CACHE_DIR: '1',
    };
    await expect(installMiniStack({ venv: path.join(folder, 'venv'), env })).rejects.toThrow(
      /HG291: .*no Python package index answers/,
    );
    expect(existsSync(path.join(folder, 'venv'))).toBe(false);
  });

  test('with a Python that has no ensurepip it says what to install', async () => {
    const command = path.join(folder, 'python3');
    const hide =
      'import runpy,sys; sys.modules["ensurepip"]=None; sys.argv=sys.argv[2:]; runpy.run_path(sys.argv[0], run_name="__main__")';
    writeFileSync(command, `#!/bin/sh\nexec python3 -c '${hide}' "$@"\n`);
    chmodSync(command, 0o755);
    await expect(
      installMiniStack({ venv: path.join(folder, 'venv'), python: { command, version: '3.12' } }),
    ).rejects.toThrow(/HG290: .*venv or ensurepip module is missing.*python3\.12-venv/);
  });
});

describe('the patches', () => {
  const inPython = async (script: string): Promise<string> => {
    const python = await installMiniStack();
    const where = path.join(root, 'local', 'ministack');
    const { stdout } = await promisify(execFile)(python, [
      '-I',
      '-B',
      '-c',
      `import sys; sys.path.insert(0, sys.argv[1])\n${script}`,
      where,
    ]);
    return stdout.trim();
  };

  test('a private name that is gone is an error that names it', async () => {
    const said = await inPython(`
import patching
from ministack.services import apigateway_v1
try:
    patching.original(apigateway_v1, "_gone")
except patching.PatchError as error:
    print(error)`);
    expect(said).toMatch(/^MiniStack has no ministack\.services\.apigateway_v1\._gone any more: .*1\.5\.33/);
  });

  test('a silent function is not waited for: the reader of its log waits 2 ms', async () => {
    const waits = await inPython(`
import patches
from ministack.core import lambda_runtime
patches.apply_all()
print(lambda_runtime.Worker._drain_stderr_bounded.__defaults__[0])`);
    expect(waits).toBe('0.002');
  });

  test('another version of MiniStack is refused', async () => {
    const said = await inPython(`
import importlib.metadata, patching
importlib.metadata.version = lambda name: "1.6.0"
try:
    patching.check_version()
except patching.PatchError as error:
    print(error)`);
    expect(said).toBe('MiniStack 1.6.0 is installed, but the patches in local/ministack/patches need 1.5.33.');
  });

  test.each([
    ['100*FILL(l,0)/(l+a)', { l: 3, a: 1 }, 75],
    ['IF(FILL(l,0)+FILL(a,0) >= 5, 100*FILL(l,0)/(FILL(l,0)+FILL(a,0)), 0)', { l: 4 }, 0],
    ['IF(FILL(l,0)+FILL(a,0) >= 5, 100*FILL(l,0)/(FILL(l,0)+FILL(a,0)), 0)', { l: 4, a: 4 }, 50],
    ['l / a', { l: 1, a: 0 }, null],
    ['MAX(l, a) - MIN(l, a)', { l: 1, a: 4 }, 3],
    ['IF(l > 1 AND a > 1, 1, 0)', { l: 2, a: 0 }, 0],
  ])('metric math: %s of %j is %s', async (expression, values, expected) => {
    const arguments_ = JSON.stringify(JSON.stringify({ expression, values }));
    const result = await inPython(`
import json, metric_math
given = json.loads(${arguments_})
print(json.dumps(metric_math.evaluate(metric_math.parse(given["expression"]), given["values"])))`);
    expect(JSON.parse(result)).toBe(expected);
  });

  test.each(['SEARCH("x", "Sum")', '__import__("os")', 'l.real', '[l]'])(
    'metric math: %s is refused',
    async (expression) => {
      const said = await inPython(`
import metric_math
try:
    metric_math.parse(${JSON.stringify(expression)})
    print("taken")
except ValueError as error:
    print(error)`);
      expect(said).toContain('not modelled by the local AWS');
    },
  );
});

async function findFile(folder: string, name: string): Promise<string[]> {
  const { stdout } = await promisify(execFile)('find', [folder, '-name', name]);
  return stdout.trim().split('\n').filter(Boolean);
}
