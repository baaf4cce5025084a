import type { Command } from 'commander';
import { DEFAULT_FILE } from '../cli/read-policy.ts';
import { terminalOf } from '../cli/terminal.ts';
import { type ConnectOnCall, connectOnCallOnDemand } from '../on-call/connect-on-demand.ts';

interface Options {
  readonly policy?: string;
  readonly stack?: string;
  readonly json?: boolean;
}

export function register(program: Command, connect: ConnectOnCall = connectOnCallOnDemand): void {
  program
    .command('status')
    .description(
      'How the gate is: alarms, what limits now, overrides, blocks, rates, and the health of limiter and store.',
    )
    .option(
      '--policy <file>',
      `the limits where the deployed policy cannot be read (default: ${DEFAULT_FILE}, where there is one)`,
    )
    .option('--stack <name>', 'the stack that deploys the gate (default: the only one that does)')
    .option('--json', 'print as JSON')
    .addHelpText(
      'after',
      `
Examples:
  $ headgate status
  $ headgate status --json | jq '.alarms[] | select(.state == "ALARM")'`,
    )
    .action(async (options: Options, command: Command) => {
      const terminal = terminalOf(command);
      const onCall = await connect(options.stack);
      const [{ choosePolicy }, { readStatus }, { showStatus }] = await Promise.all([
        import('../on-call/chosen-policy.ts'),
        import('../on-call/gate-status.ts'),
        import('../on-call/status-text.ts'),
      ]);
      const status = await readStatus(onCall, choosePolicy(options.policy, onCall.deployedPolicy));
      if (options.json) terminal.json(status);
      else showStatus(status, terminal);
    });
}
