import { existsSync, mkdirSync, mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import path from 'node:path';
import { createRun } from '../../local/runs.ts';

/** Above the largest process id that Linux and macOS give. */
const NOBODY = 2 ** 22 + 1;

describe('run folders', () => {
  let runs: string;
  beforeEach(() => {
    runs = mkdtempSync(path.join(tmpdir(), 'headgate-runs-'));
  });
  afterEach(() => rmSync(runs, { recursive: true, force: true }));

  test('two runs have two folders, and one goes without the other', () => {
    const [first, second] = [createRun(runs), createRun(runs)];
    first.remove();
    first.remove();
    expect(existsSync(first.folder)).toBe(false);
    expect(existsSync(second.folder)).toBe(true);
    second.remove();
  });

  test('a folder whose owner is gone is removed with what is in it, one whose owner lives stays', () => {
    for (const [name, owner] of [
      ['old', NOBODY],
      ['of-this-process', process.pid],
    ] as const) {
      mkdirSync(path.join(runs, name, 'tmp'), { recursive: true });
      writeFileSync(path.join(runs, name, 'owner.pid'), String(owner));
    }
    mkdirSync(path.join(runs, `${NOBODY}-without-file`));

    const run = createRun(runs);

    expect(existsSync(path.join(runs, 'old'))).toBe(false);
    expect(existsSync(path.join(runs, `${NOBODY}-without-file`))).toBe(false);
    expect(existsSync(path.join(runs, 'of-this-process'))).toBe(true);
    run.remove();
  });
});
