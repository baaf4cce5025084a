import { Command, CommanderError } from 'commander';
import { HeadgateError } from '../../lambda/errors/headgate-error.ts';
import { EXIT, Exit, type ExitCode, UsageError } from './exit.ts';
import { terminalOf } from './terminal.ts';

/** Adds one command (or a group of them) to the program. Each file of `commands/` exports one. */
export type Register = (program: Command) => void;

/** Where a program writes instead of the process's own streams. */
export interface ProgramOutput {
  readonly writeOut: (text: string) => void;
  readonly writeErr: (text: string) => void;
  /** Default: no. */
  readonly colours?: boolean;
}

export function createProgram(commands: readonly Register[], version: string, output?: ProgramOutput): Command {
  const program = new Command('headgate');
  // Before any subcommand is made: they inherit both.
  program.exitOverride();
  if (output) {
    const colours = () => output.colours ?? false;
    program.configureOutput({ ...output, getOutHasColors: colours, getErrHasColors: colours });
  }
  program
    .description('Rate limits for Amazon API Gateway, kept in one file: headgate.yaml.')
    .version(version)
    .showHelpAfterError('(--help shows what there is)')
    .helpCommand(false)
    .addHelpText(
      'after',
      `
Exit codes:
  0  done
  1  it could not be done, or the policy has errors
  2  the command line is wrong

Results go to stdout, messages to stderr. NO_COLOR is respected.`,
    );
  for (const register of commands) register(program);
  return program;
}

/** Runs a command line and returns its exit code. Never throws, and says every error in one message. */
export async function runProgram(program: Command, args: readonly string[]): Promise<ExitCode> {
  const terminal = terminalOf(program);
  try {
    if (args.length === 0) {
      program.outputHelp({ error: true });
      return EXIT.usage;
    }
    await program.parseAsync(args, { from: 'user' });
    return EXIT.ok;
  } catch (error) {
    if (error instanceof Exit) return error.exitCode;
    // Commander has written its own message, or the help that was asked for.
    if (error instanceof CommanderError) return error.exitCode === 0 ? EXIT.ok : EXIT.usage;
    terminal.note(`${terminal.noteStyle('red', 'error')} ${messageOf(error)}`);
    return error instanceof UsageError ? EXIT.usage : EXIT.failed;
  }
}

function messageOf(error: unknown): string {
  if (error instanceof HeadgateError) return error.message;
  if (!(error instanceof Error)) return String(error);
  const text = error.name === 'Error' ? error.message : `${error.name}: ${error.message}`;
  return process.env.HEADGATE_DEBUG ? (error.stack ?? text) : text;
}
