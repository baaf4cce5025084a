import type { Command } from 'commander';
import { terminalOf } from '../cli/terminal.ts';
import { BLOCK_EFFECT, blockCommand, blockText, isOver } from '../registry/block-text.ts';
import {
  type Connect,
  connectOnDemand,
  type RegistryOptions,
  registryArguments,
  withChangeOptions,
} from '../registry/command-options.ts';
import { showChange } from '../registry/show-change.ts';
import { parseSubject } from '../registry/subject.ts';

export function register(program: Command, connect: Connect = connectOnDemand): void {
  withChangeOptions(program.command('unblock'))
    .description('Lift a block.')
    .argument('<subject>', 'as it was blocked: client:ID, address:IP or address:RANGE')
    .addHelpText(
      'after',
      `
Examples:
  $ headgate unblock address:203.0.113.0/24
  $ headgate unblock client:acme --dry-run`,
    )
    .action(async (text: string, options: RegistryOptions, command: Command) => {
      const terminal = terminalOf(command);
      const subject = parseSubject(text);
      const { requireBlock, unblockSubject } = await import('../registry/blocks.ts');
      const registry = await connect(options);
      const dryRun = options.dryRun === true;
      const before = await (dryRun ? requireBlock : unblockSubject)(registry, subject);
      const now = registry.now();
      const undo = isOver(before, now) ? [] : [`${blockCommand(before, now)}${registryArguments(options)}`];
      if (options.json) {
        terminal.json({ before, after: null, undo: undo[0] ?? null, dryRun });
        return;
      }
      const change = { before: blockText(subject, before, now), after: `${subject} is not blocked`, undo };
      showChange(terminal, { ...change, effect: BLOCK_EFFECT }, dryRun);
    });
}
