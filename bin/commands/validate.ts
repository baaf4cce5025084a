import { type Command, InvalidArgumentError } from 'commander';
import { type ItemWrites, itemWrites } from '../../lambda/policy/item-writes.ts';
import type { Limit } from '../../lambda/policy/policy.ts';
import { worstCases } from '../../lambda/policy/worst-case.ts';
import { problemText } from '../cli/code-frame.ts';
import { EXIT, Exit } from '../cli/exit.ts';
import { identityLines } from '../cli/identity-text.ts';
import { DEFAULT_FILE, readPolicyFile } from '../cli/read-policy.ts';
import { type Terminal, terminalOf } from '../cli/terminal.ts';

export function register(program: Command): void {
  program
    .command('validate')
    .description('Check a policy and show what each limit lets through at worst.')
    .argument('[file]', 'the policy', DEFAULT_FILE)
    .option('--containers <number>', 'containers of the authorizer; default: one for each 80 requests a second', count)
    .option('--json', 'print problems, limits and items as JSON')
    .addHelpText(
      'after',
      `
Examples:
  $ headgate validate
  $ headgate validate config/headgate.yaml --json | jq .problems
  $ headgate validate --containers 128

Exit codes: 0 the policy is right (there may be warnings), 1 it has errors or cannot be read, 2 wrong usage.`,
    )
    .action((file: string, options: { json?: boolean; containers?: number }, command: Command) => {
      const terminal = terminalOf(command);
      const { policy, problems, text } = readPolicyFile(file, options);
      const limits = policy?.limits ?? [];
      const items = itemWrites(limits, options.containers);
      if (options.json) {
        terminal.json({ file, valid: policy !== undefined, problems, limits: limits.flatMap(worstOf), items });
      } else {
        for (const problem of problems) terminal.note(`${problemText(file, text, problem, terminal.noteStyle)}\n`);
        const [errors, warnings] = (['error', 'warning'] as const).map((kind) => counted(problems, kind));
        if (policy) {
          const rows = limits.flatMap(worstOf).map((row) => [row.limit, row.per, row.tiers, row.perMinute, row.worst]);
          terminal.table(['limit', 'per', 'tier', 'worst minute', 'at worst'], rows);
          showShared(items, terminal);
          terminal.note(`\n${identityLines(policy.identify).join('\n')}`);
          terminal.note(`\n${file} is right${warnings === '' ? '' : `, with ${warnings}`}.`);
        } else {
          terminal.note(`${file} has ${[errors, warnings].filter(Boolean).join(' and ')}.`);
        }
      }
      if (!policy) throw new Exit(EXIT.failed);
    });
}

/** A limit's rows, one for each group of tiers that share a budget. */
function worstOf(limit: Limit) {
  return worstCases(limit).map(({ tiers, perMinute, perWindow, text }) => ({
    limit: limit.name,
    per: limit.per,
    tiers: tiers.join(', ') || 'all',
    mode: limit.mode,
    perMinute,
    perWindow,
    worst: `${text}${limit.mode === 'shadow' ? ' (shadow: not enforced)' : ''}`,
  }));
}

/** What the items that all callers share take of DynamoDB's writes. */
function showShared(items: readonly ItemWrites[], terminal: Terminal): void {
  const shared = items.filter((item) => item.shared);
  if (shared.length === 0) return;
  const rows = shared.map((item) => [
    item.item,
    item.limits.join(', '),
    Math.round(item.requestsPerSecond * 100) / 100,
    item.containers,
    item.writesPerSecond,
    item.overloadedWritesPerSecond,
  ]);
  terminal.print('');
  terminal.table(['shared item', 'limits', 'requests/s', 'containers', 'writes/s', 'at twice the load'], rows);
  terminal.print('(estimated; DynamoDB takes about 1,000 writes/s on one item)');
}

function count(text: string): number {
  const value = Number(text);
  if (Number.isInteger(value) && value >= 1 && value <= 100_000) return value;
  throw new InvalidArgumentError('Allowed: a whole number from 1 to 100000.');
}

function counted(problems: readonly { readonly severity: string }[], kind: 'error' | 'warning'): string {
  const count = problems.filter(({ severity }) => severity === kind).length;
  return count === 0 ? '' : `${count} ${kind}${count === 1 ? '' : 's'}`;
}
