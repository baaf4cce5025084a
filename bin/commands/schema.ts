import type { Command } from 'commander';
import { policyJsonSchema } from '../../lambda/policy/schema.ts';
import { terminalOf } from '../cli/terminal.ts';

export function register(program: Command): void {
  program
    .command('schema')
    .description('Print the JSON Schema of headgate.yaml, for editors.')
    .addHelpText(
      'after',
      `
The package ships it too: an editor with YAML support follows the first line that \`headgate init\` writes.

Example:
  $ headgate schema > headgate.schema.json`,
    )
    .action((_options: object, command: Command) => terminalOf(command).json(policyJsonSchema()));
}
