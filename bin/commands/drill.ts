import type { Command } from 'commander';
import { ALARM_IDS, type AlarmId } from '../../lambda/policy/alarm-catalogue.ts';
import { EXIT, Exit, UsageError } from '../cli/exit.ts';
import { terminalOf } from '../cli/terminal.ts';
import { confirm } from '../drill/confirm.ts';
import type { Drill } from '../drill/connect.ts';
import { eventText, missingText, planText, unheardTexts } from '../drill/drill-text.ts';
import { drillReason, runDrill } from '../drill/run-drill.ts';
import { parseDuration } from '../registry/duration.ts';
import { userName } from '../registry/who-and-why.ts';

interface Options {
  readonly alarm: string;
  readonly wait: string;
  readonly stack?: string;
  readonly yes?: boolean;
  readonly json?: boolean;
  readonly dryRun?: boolean;
}

/** What the command needs of the world. */
export interface DrillWorld {
  prepare(id: AlarmId, stack: string | undefined): Promise<Drill>;
  confirm(question: string): Promise<boolean | undefined>;
}

const MAX_WAIT_SECONDS = 600;
const WORLD: DrillWorld = {
  // Loads the AWS SDK only when it is needed.
  prepare: async (id, stack) => (await import('../drill/connect.ts')).prepareDrill(id, stack),
  confirm,
};

export function register(program: Command, world: DrillWorld = WORLD): void {
  program
    .command('drill')
    .description('Rehearse a page: set an alarm off, and see what arrives after how long.')
    .option('--alarm <id>', 'which one, by its heading in the runbook', 'limited-rate')
    .option('--wait <time>', 'how long the messages may take: 90s, 3m', '90s')
    .option('--stack <name>', 'the stack that deploys the gate (default: the only one that does)')
    .option('--yes', 'do not ask: who listens to the topics is told')
    .option('--json', 'print the timeline as JSON')
    .option('--dry-run', 'show who would hear of it and change nothing')
    .addHelpText(
      'after',
      `
Whoever listens to the alarm's topic gets the message as in earnest. A queue listens beside them and is removed again.
Alarms: ${ALARM_IDS.join(', ')}.

Examples:
  $ headgate drill
  $ headgate drill --alarm failing-open --wait 3m
  $ headgate drill --dry-run
  $ headgate drill --yes --json | jq '.timeline'

Exit codes: 0 everything arrived, 1 something did not, or the drill could not be held, 2 wrong usage.`,
    )
    .action(async (options: Options, command: Command) => {
      const terminal = terminalOf(command);
      const id = alarmIdOf(options.alarm);
      const waitSeconds = waitOf(options.wait);
      const { target, parts } = await world.prepare(id, options.stack);
      for (const line of planText(target)) terminal.note(line);
      if (options.dryRun) {
        if (options.json) terminal.json({ ...target, dryRun: true });
        terminal.note('Nothing was set off (--dry-run).');
        return;
      }
      const sure = options.yes || (await world.confirm('Set it off?'));
      if (sure === undefined)
        throw new UsageError('others hear of a drill: say so with `--yes`, or run it in a terminal.');
      if (!sure) {
        terminal.note('Nothing was set off.');
        throw new Exit(EXIT.failed);
      }
      const { missing, interrupted, timeline } = await untilInterrupted(
        (signal) => {
          const onEvent = (event: Parameters<typeof eventText>[0]) => {
            if (!options.json) terminal.print(eventText(event));
          };
          const reason = drillReason(userName().by);
          return runDrill(target, { ...parts, signal, onEvent }, { waitMs: waitSeconds * 1000, reason });
        },
        () => terminal.note('Putting everything back.'),
      );
      const ok = missing.length === 0;
      if (options.json) terminal.json({ ...target, ok, interrupted, missing, timeline });
      if (interrupted) terminal.note('Interrupted; everything is as before.');
      else for (const step of missing) terminal.note(terminal.noteStyle('red', missingText(step, target, waitSeconds)));
      for (const text of unheardTexts(target)) terminal.note(terminal.noteStyle('yellow', text));
      if (ok) terminal.note('What was followed has arrived. The queue and its subscriptions are gone.');
      else throw new Exit(EXIT.failed);
    });
}

/** On Ctrl-C the drill puts everything back before the process ends. */
async function untilInterrupted<T>(run: (signal: AbortSignal) => Promise<T>, onInterrupt: () => void): Promise<T> {
  const interruption = new AbortController();
  const stop = () => {
    if (!interruption.signal.aborted) onInterrupt();
    interruption.abort();
  };
  for (const name of ['SIGINT', 'SIGTERM', 'SIGHUP'] as const) process.on(name, stop);
  try {
    return await run(interruption.signal);
  } finally {
    for (const name of ['SIGINT', 'SIGTERM', 'SIGHUP'] as const) process.off(name, stop);
  }
}

function alarmIdOf(text: string): AlarmId {
  const id = ALARM_IDS.find((known) => known === text);
  if (id === undefined)
    throw new UsageError(`there is no alarm \`${text.slice(0, 40)}\`; there are ${ALARM_IDS.join(', ')}.`);
  return id;
}

function waitOf(text: string): number {
  const seconds = parseDuration(text);
  if (seconds > MAX_WAIT_SECONDS) throw new UsageError(`\`--wait\` is at most ${MAX_WAIT_SECONDS}s.`);
  return seconds;
}
