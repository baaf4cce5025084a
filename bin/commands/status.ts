import { existsSync } from 'node:fs';
import type { Command } from 'commander';
import { FileError } from '../cli/exit.ts';
import { DEFAULT_FILE, readPolicyFile } from '../cli/read-policy.ts';
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
    .option('--policy <file>', `the deployed policy, for its limits (default: ${DEFAULT_FILE}, where there is one)`)
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
      const file = options.policy ?? (existsSync(DEFAULT_FILE) ? DEFAULT_FILE : undefined);
      const policy = file === undefined ? undefined : readPolicyFile(file).policy;
      if (file !== undefined && policy === undefined) {
        throw new FileError(`${file} has errors; \`headgate validate ${file}\` shows them.`);
      }
      const onCall = await connect(options.stack);
      const [{ readStatus }, { showStatus }] = await Promise.all([
        import('../on-call/gate-status.ts'),
        import('../on-call/status-text.ts'),
      ]);
      const status = await readStatus(onCall, policy);
      if (options.json) terminal.json(status);
      else showStatus(status, terminal);
      if (policy === undefined && !options.json) {
        terminal.note(
          `The limits are not shown: there is no ${DEFAULT_FILE} here. Name the deployed policy with --policy.`,
        );
      }
    });
}
