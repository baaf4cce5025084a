import { Command, InvalidArgumentError } from 'commander';

export interface StartOptions {
  /** End after the demo instead of staying up. */
  readonly exit: boolean;
  /** Print the result as JSON on stdout. */
  readonly json: boolean;
  readonly port?: number;
}

/** Reads the command line of `npm start --`. Prints help or an error and ends the process where that is what it says. */
export function readOptions(argv: readonly string[]): StartOptions {
  return new Command('npm start --')
    .description(
      'Deploys the example to a local AWS, sends requests as several callers over both of its APIs, and shows what came back.',
    )
    .option('--exit', 'end after the demo: 0 where everything is as the policy says, else 1', false)
    .option('--json', 'print the result as JSON on stdout (progress goes to stderr)', false)
    .option('--port <number>', 'port of the local AWS on 127.0.0.1 (default: 4566, or a free one)', portOf)
    .addHelpText(
      'after',
      '\nCtrl-C takes everything down. Nothing reaches an AWS account: credentials are removed from every child process.',
    )
    .parse(argv as string[], { from: 'user' })
    .opts<StartOptions>();
}

function portOf(text: string): number {
  const port = Number(text);
  if (Number.isInteger(port) && port >= 1 && port <= 65_535) return port;
  throw new InvalidArgumentError('A port is a whole number from 1 to 65535.');
}
