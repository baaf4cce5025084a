import type { Command } from 'commander';
import { EXIT, Exit, UsageError } from '../cli/exit.ts';
import { type Explanation, explain, parseCaller } from '../cli/explanation.ts';
import { identityLines } from '../cli/identity-text.ts';
import { DEFAULT_FILE, readPolicyFile } from '../cli/read-policy.ts';
import { parseRequest } from '../cli/request-argument.ts';
import { type Terminal, terminalOf } from '../cli/terminal.ts';

interface Options {
  readonly as?: string;
  readonly tier?: string;
  readonly policy: string;
  readonly json?: boolean;
}

export function register(program: Command): void {
  program
    .command('explain')
    .description('Show which limits count a request, on what, what they let through at worst, and what that costs.')
    .argument('<request>', 'method and path, for example "POST /login"')
    .option('--as <caller>', 'client:ID or address:IP (default: some address without identity)')
    .option('--tier <tier>', "the caller's tier (default: the policy's first)")
    .option('--policy <file>', 'the policy', DEFAULT_FILE)
    .option('--json', 'print as JSON')
    .addHelpText(
      'after',
      `
The path is matched as on a greedy API route (/{proxy+}): every spelling of it counts.

Examples:
  $ headgate explain "POST /login"
  $ headgate explain "GET /reports/2026" --as client:acme --tier gold
  $ headgate explain "GET /" --as address:203.0.113.7 --json

Exit codes: 0 explained, 1 the policy has errors or cannot be read, 2 wrong usage.`,
    )
    .action((request: string, options: Options, command: Command) => {
      const terminal = terminalOf(command);
      const route = parseRequest(request);
      const caller = parseCaller(options.as);
      const { policy } = readPolicyFile(options.policy);
      if (policy === undefined) {
        terminal.note(`${options.policy} has errors; \`headgate validate ${options.policy}\` shows them.`);
        throw new Exit(EXIT.failed);
      }
      const tier = options.tier ?? policy.tiers[0]!;
      if (!policy.tiers.includes(tier)) {
        throw new UsageError(`the policy has no tier \`${tier}\`. Its tiers: ${policy.tiers.join(', ')}.`);
      }
      if (caller.kind === 'address' && options.tier !== undefined && tier !== policy.tiers[0]) {
        throw new UsageError(`an address has the first tier, ${policy.tiers[0]}. Add --as client:ID for another.`);
      }
      const explanation = explain(policy, route, caller, tier);
      if (options.json) terminal.json(explanation);
      else {
        show(explanation, terminal);
        terminal.print('');
        for (const line of identityLines(policy.identify)) terminal.print(line);
      }
    });
}

function show(explanation: Explanation, terminal: Terminal): void {
  const { request, caller, tier, exempt, limits, cost } = explanation;
  terminal.print(`${request} as ${caller}, tier ${tier}`);
  if (exempt !== undefined) {
    terminal.print(`Never limited: exempt by \`${exempt}\`.`);
    return;
  }
  if (limits.length === 0) {
    terminal.print('No limit counts this request: it passes, and nothing is written.');
    return;
  }
  terminal.print('');
  terminal.table(
    ['limit', 'counted on', 'takes', 'worst minute', 'at worst'],
    limits.map((limit) => [
      limit.name,
      limit.subject,
      limit.cost,
      limit.perMinute,
      `${limit.worst}${limit.mode === 'shadow' ? ' (shadow: not enforced)' : ''}`,
    ]),
  );
  const failing = limits.filter(({ onStoreFailure, mode }) => onStoreFailure === 'deny' && mode === 'enforce');
  terminal.print('');
  terminal.print(
    `Below the limits: ${cost.writes} ${cost.writes === 1 ? 'write' : 'writes'}, one for each thing counted on: ` +
      `$${cost.dollarsPerMillion} per million requests at $${cost.dollarsPerMillionWrites} per million writes (us-east-1, on demand).`,
  );
  if (cost.sharedWrites > 0) {
    const which = cost.sharedWrites === cost.writes ? 'All' : `${cost.sharedWrites} of them`;
    terminal.print(
      `  ${which} for what all callers share: under load one such write pays for many requests (\`headgate validate\` estimates it).`,
    );
  }
  terminal.print('Over a limit: 0 writes where this container knows already that there is no room.');
  if (failing.length > 0) {
    terminal.print(
      `While the counters cannot be reached: denied, because of ${failing.map(({ name }) => name).join(', ')}.`,
    );
  }
}
