import type { Command } from 'commander';
import { terminalOf } from '../cli/terminal.ts';
import { followWithKey } from '../gateway-keys/blocked-key.ts';
import { connectGatewayOnDemand } from '../gateway-keys/connect-on-demand.ts';
import type { ConnectGateway } from '../gateway-keys/gateway.ts';
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

export function register(
  program: Command,
  connect: Connect = connectOnDemand,
  connectGateway: ConnectGateway = connectGatewayOnDemand,
): void {
  withChangeOptions(program.command('unblock'))
    .description('Lift a block.')
    .argument('<subject>', 'as it was blocked: client:ID, address:IP or address:RANGE')
    .option('--gate <name>', 'for a client with a key of API Gateway: the gate (default: that of the stack)')
    .addHelpText(
      'after',
      `
Examples:
  $ headgate unblock address:203.0.113.0/24
  $ headgate unblock client:acme --dry-run`,
    )
    .action(async (text: string, options: RegistryOptions & { readonly gate?: string }, command: Command) => {
      const terminal = terminalOf(command);
      const subject = parseSubject(text);
      const { requireBlock, unblockSubject } = await import('../registry/blocks.ts');
      const registry = await connect(options);
      const dryRun = options.dryRun === true;
      const before = await (dryRun ? requireBlock : unblockSubject)(registry, subject);
      const key = await followWithKey(
        { registry, subject, enabled: true, lapses: before.until !== undefined, dryRun },
        () => connectGateway(options),
      );
      const now = registry.now();
      const undo = isOver(before, now) ? [] : [`${blockCommand(before, now)}${registryArguments(options)}`];
      if (options.json) {
        terminal.json({ before, after: null, ...key.json, undo: undo[0] ?? null, dryRun });
        return;
      }
      const change = { before: blockText(subject, before, now), after: `${subject} is not blocked`, undo };
      showChange(terminal, { ...change, effect: BLOCK_EFFECT }, dryRun);
      if (key.text !== undefined) terminal.note(key.text);
    });
}
