import type { Command } from 'commander';
import type { Limit } from '../../lambda/policy/policy.ts';
import { worstCases } from '../../lambda/policy/worst-case.ts';
import { problemText } from '../cli/code-frame.ts';
import { EXIT, Exit } from '../cli/exit.ts';
import { DEFAULT_FILE, readPolicyFile } from '../cli/read-policy.ts';
import { terminalOf } from '../cli/terminal.ts';

export function register(program: Command): void {
  program
    .command('validate')
    .description('Check a policy and show what each limit lets through at worst.')
    .argument('[file]', 'the policy', DEFAULT_FILE)
    .option('--json', 'print problems and limits as JSON')
    .addHelpText(
      'after',
      `
Examples:
  $ headgate validate
  $ headgate validate config/headgate.yaml --json | jq .problems

Exit codes: 0 the policy is right (there may be warnings), 1 it has errors or cannot be read, 2 wrong usage.`,
    )
    .action((file: string, options: { json?: boolean }, command: Command) => {
      const terminal = terminalOf(command);
      const { policy, problems, text } = readPolicyFile(file);
      const limits = policy?.limits ?? [];
      if (options.json) {
        terminal.json({ file, valid: policy !== undefined, problems, limits: limits.flatMap(worstOf) });
      } else {
        for (const problem of problems) terminal.note(`${problemText(file, text, problem, terminal.noteStyle)}\n`);
        const [errors, warnings] = (['error', 'warning'] as const).map((kind) => counted(problems, kind));
        if (policy) {
          const rows = limits.flatMap(worstOf).map((row) => [row.limit, row.per, row.tiers, row.perMinute, row.worst]);
          terminal.table(['limit', 'per', 'tier', 'worst minute', 'at worst'], rows);
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

function counted(problems: readonly { readonly severity: string }[], kind: 'error' | 'warning'): string {
  const count = problems.filter(({ severity }) => severity === kind).length;
  return count === 0 ? '' : `${count} ${kind}${count === 1 ? '' : 's'}`;
}
