import { writeFileSync } from 'node:fs';
import type { Command } from 'commander';
import { FileError } from '../cli/exit.ts';
import { POLICY_TEMPLATE } from '../cli/policy-template.ts';
import { DEFAULT_FILE } from '../cli/read-policy.ts';
import { terminalOf } from '../cli/terminal.ts';

export function register(program: Command): void {
  program
    .command('init')
    .description('Write a commented policy to start from.')
    .option('--file <file>', 'where to write it', DEFAULT_FILE)
    .option('--force', 'replace a file that is there')
    .addHelpText(
      'after',
      `
Examples:
  $ headgate init
  $ headgate init --file config/headgate.yaml

Exit codes: 0 written, 1 the file is there already or cannot be written, 2 wrong usage.`,
    )
    .action(({ file, force = false }: { file: string; force?: boolean }, command: Command) => {
      const terminal = terminalOf(command);
      write(file, force);
      terminal.print(`Wrote ${file}.`);
      terminal.note(
        'Next: keep the limits whose routes your API has (another route stops the synthesis), check it with `headgate validate`, and look at one route with `headgate explain "POST /login"`.',
      );
    });
}

function write(file: string, force: boolean): void {
  try {
    // `wx` fails where the file is there: nothing can come between looking and writing.
    writeFileSync(file, POLICY_TEMPLATE, { flag: force ? 'w' : 'wx' });
  } catch (error) {
    const reason = (error as NodeJS.ErrnoException).code;
    if (reason === 'EEXIST')
      throw new FileError(`${file} is there already. --force replaces it, --file names another.`);
    if (reason === 'ENOENT') throw new FileError(`the folder of ${file} does not exist. Make it first.`);
    throw new FileError(`${file} cannot be written (${reason}).`, { cause: error });
  }
}
