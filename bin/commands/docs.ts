import { writeFileSync } from 'node:fs';
import { type Command, Option } from 'commander';
import { stringify } from 'yaml';
import { EXIT, Exit, FileError, UsageError } from '../cli/exit.ts';
import { DEFAULT_FILE, readPolicyFile } from '../cli/read-policy.ts';
import { type Terminal, terminalOf } from '../cli/terminal.ts';
import { CLIENT_LANGUAGES, type ClientLanguage, clientCode } from '../docs/client-code.ts';
import { limitWords } from '../docs/limit-words.ts';
import { consumerPage } from '../docs/markdown.ts';
import { OPENAPI_HINT, openApiPieces } from '../docs/openapi.ts';
import { type PublicPolicy, publicPolicy } from '../docs/public-policy.ts';

interface Options {
  readonly title: string;
  readonly tier?: readonly string[];
  readonly openapi?: 'yaml' | 'json';
  readonly client?: ClientLanguage;
  readonly json?: boolean;
  readonly out?: string;
}

export function register(program: Command): void {
  const only = ['openapi', 'client', 'json'];
  const alone = (option: Option) => option.conflicts(only.filter((name) => name !== option.attributeName()));
  program
    .command('docs')
    .description("Write a page on the limits for the API's consumers, or OpenAPI pieces, from a policy.")
    .argument('[file]', 'the policy', DEFAULT_FILE)
    .option('--title <title>', 'the heading of the page', 'Rate limits')
    .option('--tier <tier>', 'tell of this tier only; may be repeated', (one: string, all: string[] = []) => [
      ...all,
      one,
    ])
    .addOption(
      alone(
        new Option('--openapi [format]', 'the 429 and the headers as OpenAPI components')
          .choices(['yaml', 'json'])
          .preset('yaml'),
      ),
    )
    .addOption(alone(new Option('--client <language>', 'the code of a client alone').choices(CLIENT_LANGUAGES)))
    .addOption(alone(new Option('--json', 'what the page tells of, as JSON')))
    .option('--out <file>', 'write it there; a file that is there is replaced')
    .addHelpText(
      'after',
      `
The page tells what consumers need: limits by tier and route, headers, what a 429 looks like, how to back off, and a client
in TypeScript and in Python. It leaves out limits in shadow mode, exemptions, and the figures of limits that all callers
share. It describes APIs that answer 429; an HTTP API under \`deny: forbidden\` answers 403 without headers.

Examples:
  $ headgate docs --out docs/rate-limits.md
  $ headgate docs --tier free --title "Limits of the free plan"
  $ headgate docs --openapi > rate-limits.openapi.yaml
  $ headgate docs --client python --out rate_limited.py

Exit codes: 0 written, 1 the policy has errors or a file cannot be read or written, 2 wrong usage.`,
    )
    .action((file: string, options: Options, command: Command) => {
      const terminal = terminalOf(command);
      const text =
        options.client === undefined
          ? textOf(readPublic(file, options.tier, terminal), options)
          : clientCode(options.client);
      if (options.out === undefined) {
        terminal.print(text.trimEnd());
      } else {
        write(options.out, text);
        terminal.note(`Wrote ${options.out}.`);
      }
    });
}

/** @throws Exit where the policy has errors, UsageError (HG201) for a tier that it does not have */
function readPublic(file: string, tiers: readonly string[] | undefined, terminal: Terminal): PublicPolicy {
  const { policy } = readPolicyFile(file);
  if (policy === undefined) {
    terminal.note(`${file} has errors; \`headgate validate ${file}\` shows them.`);
    throw new Exit(EXIT.failed);
  }
  const unknown = tiers?.find((tier) => !policy.tiers.includes(tier));
  if (unknown !== undefined) {
    throw new UsageError(`the policy has no tier \`${unknown}\`. Its tiers: ${policy.tiers.join(', ')}.`);
  }
  return publicPolicy(policy, tiers);
}

function textOf(policy: PublicPolicy, { title, openapi, json }: Options): string {
  if (openapi === 'json') return jsonText(openApiPieces(policy));
  if (openapi === 'yaml')
    return `${comment(OPENAPI_HINT)}\n${stringify(openApiPieces(policy), { aliasDuplicateObjects: false, lineWidth: 0 })}`;
  return json ? jsonText({ ...policy, limits: policy.limits.map(inWords) }) : consumerPage(policy, title);
}

/** A limit for programs: without what only the counters need. */
function inWords({ budgets, ...limit }: PublicPolicy['limits'][number]) {
  const tiers = Object.entries(budgets).map(([tier, budget]) => {
    const { algorithm, limit: units, windowMs, calendar, burst, queue } = budget;
    return [tier, { words: limitWords(budget), algorithm, units, seconds: windowMs / 1000, calendar, burst, queue }];
  });
  return { ...limit, tiers: Object.fromEntries(tiers) };
}

const jsonText = (value: unknown): string => `${JSON.stringify(value, undefined, 2)}\n`;
const comment = (text: string): string => text.replace(/^/gm, '# ');

function write(file: string, text: string): void {
  try {
    writeFileSync(file, text);
  } catch (error) {
    throw new FileError(`${file} cannot be written (${(error as NodeJS.ErrnoException).code}).`, { cause: error });
  }
}
