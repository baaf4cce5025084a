import { mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import path from 'node:path';
import { createProgram, type Register, runProgram } from '../../bin/cli/program.ts';

export interface Ran {
  readonly exitCode: number;
  readonly out: string;
  readonly err: string;
}

/** Runs one command line in this process. */
export async function run(commands: readonly Register[], args: readonly string[], colours = false): Promise<Ran> {
  const written = { out: '', err: '' };
  const program = createProgram(commands, '1.2.3', {
    writeOut: (text) => {
      written.out += text;
    },
    writeErr: (text) => {
      written.err += text;
    },
    colours,
  });
  const exitCode = await runProgram(program, args);
  return { exitCode, ...written };
}

/** A folder with files that is gone after the tests of the file. */
export function temporaryFolder(): (name: string, text?: string) => string {
  const folder = mkdtempSync(path.join(tmpdir(), 'headgate-'));
  afterAll(() => rmSync(folder, { recursive: true, force: true }));
  return (name, text) => {
    const file = path.join(folder, name);
    if (text !== undefined) writeFileSync(file, text);
    return file;
  };
}
