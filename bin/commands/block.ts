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
import { parseDuration } from '../registry/duration.ts';
import { showChange } from '../registry/show-change.ts';
import { parseSubject } from '../registry/subject.ts';
import { checkedReason, MAX_REASON, userName } from '../registry/who-and-why.ts';

interface Options extends RegistryOptions {
  readonly for?: string;
  readonly reason?: string;
  readonly gate?: string;
}

export function register(
  program: Command,
  connect: Connect = connectOnDemand,
  connectGateway: ConnectGateway = connectGatewayOnDemand,
): void {
  withChangeOptions(program.command('block'))
    .description('Turn a client or an address away: 401 on REST APIs, 403 on HTTP APIs.')
    .argument('<subject>', 'client:ID, address:IP or address:RANGE')
    .option('--for <time>', 'how long: 90s, 30m, 2h, 7d (default: until it is lifted)')
    .option('--gate <name>', 'for a client with a key of API Gateway: the gate (default: that of the stack)')
    .option('--reason <text>', `why, for whoever finds the block; at most ${MAX_REASON} characters`)
    .addHelpText(
      'after',
      `
Examples:
  $ headgate block address:203.0.113.0/24 --for 2h --reason "scraping /reports"
  $ headgate block client:acme`,
    )
    .action(async (text: string, options: Options, command: Command) => {
      const terminal = terminalOf(command);
      const subject = parseSubject(text);
      const forSeconds = options.for === undefined ? undefined : parseDuration(options.for);
      const reason = checkedReason(options.reason);
      const { blockSubject, plannedBlock, showBlock } = await import('../registry/blocks.ts');
      const registry = await connect(options);
      const how = {
        ...(forSeconds === undefined ? {} : { forSeconds }),
        ...(reason === undefined ? {} : { reason }),
        ...userName(),
      };
      const dryRun = options.dryRun === true;
      const { before, after } = dryRun
        ? { before: await showBlock(registry, subject), after: plannedBlock(registry, subject, how) }
        : await blockSubject(registry, subject, how);
      const key = await followWithKey(
        { registry, subject, enabled: false, lapses: forSeconds !== undefined, dryRun },
        () => connectGateway(options),
      );
      const now = registry.now();
      const wasBlocked = before !== undefined && !isOver(before, now);
      const where = registryArguments(options);
      const undo = `${wasBlocked ? blockCommand(before, now) : `npx headgate unblock ${subject}`}${where}`;
      if (options.json) {
        terminal.json({ before: wasBlocked ? before : null, after, ...key.json, undo, dryRun });
        return;
      }
      const change = {
        before: blockText(subject, before, now),
        after: blockText(subject, after, now),
        undo: [undo],
        effect: BLOCK_EFFECT,
      };
      showChange(terminal, change, dryRun);
      if (key.text !== undefined) terminal.note(key.text);
    });
}
