import type { Command } from 'commander';
import { AREAS, type Examination } from '../../lambda/doctor/finding.ts';
import { EXIT, Exit } from '../cli/exit.ts';
import { type Terminal, terminalOf } from '../cli/terminal.ts';

interface Options {
  readonly stack?: string;
  readonly json?: boolean;
}

export type AskDoctor = (stack: string | undefined) => Promise<Examination>;

const askOnDemand: AskDoctor = async (stack) => (await import('../doctor/ask-doctor.ts')).askDoctor(stack);

export function register(program: Command, ask: AskDoctor = askOnDemand): void {
  program
    .command('doctor')
    .description('Is everything as deployed? Authorizers, answers, permissions, usage plans, tables, DynamoDB itself.')
    .option('--stack <name>', 'the stack that deploys the gate (default: the only one that does)')
    .option('--json', 'print the findings as JSON')
    .addHelpText(
      'after',
      `
It asks the function that examines the gate on a schedule as well, and changes nothing.

Examples:
  $ headgate doctor
  $ headgate doctor --stack Shop --json | jq '.findings[] | select(.ok | not)'

Exit codes: 0 everything is as deployed, 1 something is not, or it could not be examined, 2 wrong usage.`,
    )
    .action(async (options: Options, command: Command) => {
      const terminal = terminalOf(command);
      if (!options.json) terminal.note('Examining the gate. It takes some seconds.');
      const examination = await ask(options.stack);
      if (options.json) terminal.json(examination);
      else show(examination, terminal);
      if (!examination.ok) throw new Exit(EXIT.failed);
    });
}

function show({ ok, gate, findings }: Examination, terminal: Terminal): void {
  const sorted = [...findings].sort((a, b) => AREAS.indexOf(a.area) - AREAS.indexOf(b.area));
  for (const { ok, subject, text, todo } of sorted) {
    const mark = ok ? terminal.style('green', 'ok    ') : terminal.style('red', 'not ok');
    terminal.print(`${mark}  ${subject}: ${text}`);
    if (todo !== undefined) terminal.print(`        ${terminal.style('dim', 'to do')}  ${todo}`);
  }
  const wrong = findings.filter((finding) => !finding.ok).length;
  terminal.note(
    ok ? `\n${gate}: everything is as deployed.` : `\n${gate}: ${wrong} of ${findings.length} not as deployed.`,
  );
}
