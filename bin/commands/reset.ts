import { type Command, Option } from 'commander';
import { terminalOf } from '../cli/terminal.ts';
import { parseCounted } from '../on-call/reset-subject.ts';
import { type Connect, connectOnDemand, type RegistryOptions, withChangeOptions } from '../registry/command-options.ts';
import { checkedReason, MAX_REASON, userName } from '../registry/who-and-why.ts';

interface Options extends RegistryOptions {
  readonly counters?: string;
  readonly reason?: string;
}

export type FindCounters = (options: Options) => Promise<string>;

const findOnDemand: FindCounters = async (options) =>
  (await import('../on-call/find-counters.ts')).findCountersTable(options);

export function register(
  program: Command,
  connect: Connect = connectOnDemand,
  findCounters: FindCounters = findOnDemand,
): void {
  withChangeOptions(program.command('reset'))
    .description('Empty all limits of one client, address or route, as if it had not been here yet.')
    .argument('<subject>', 'client:ID, address:IP, route:"METHOD /path", or all')
    .addOption(new Option('--counters <table>', 'the counters table, with --registry').env('HEADGATE_COUNTERS_TABLE'))
    .option('--reason <text>', `why, for the log; at most ${MAX_REASON} characters`)
    .addHelpText(
      'after',
      `
Calendar quotas are emptied too. It cannot be undone, and what is limited by \`per: all\` is reset by \`all\` only.

Examples:
  $ headgate reset client:acme --reason "fixed their retry loop"
  $ headgate reset address:203.0.113.7
  $ headgate reset 'route:POST /exports' --dry-run`,
    )
    .action(async (text: string, options: Options, command: Command) => {
      const terminal = terminalOf(command);
      const subject = parseCounted(text);
      const why = checkedReason(options.reason);
      const countersTable = await findCounters(options);
      const registry = await connect(options);
      if (options.dryRun) {
        if (options.json) terminal.json({ subject, countersTable, dryRun: true });
        else terminal.print(`would empty all limits of ${subject} in ${countersTable}`);
        terminal.note('Nothing was written (--dry-run).');
        return;
      }
      const { resetSubject } = await import('../registry/resets.ts');
      const reset = await resetSubject(registry, { subject, countersTable, why, ...userName() });
      if (options.json) {
        terminal.json({ ...reset, dryRun: false });
        return;
      }
      terminal.print(
        reset.counted
          ? `all limits of ${subject} are empty`
          : `nothing had been counted for ${subject}; the authorizers forget what they may know of it`,
      );
      terminal.note('Containers that have turned it away notice within 30 seconds.');
    });
}
