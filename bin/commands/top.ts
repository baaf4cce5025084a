import type { Command } from 'commander';
import { isSubject } from '../../lambda/report/commands.ts';
import { UsageError } from '../cli/exit.ts';
import { shownJson } from '../cli/shown-text.ts';
import { type Terminal, terminalOf } from '../cli/terminal.ts';
import { type ConnectOnCall, connectOnCallOnDemand } from '../on-call/connect-on-demand.ts';
import type { Offenders } from '../on-call/offenders.ts';
import { sleepUnlessAborted, untilInterrupted, type WatchParts, watch } from '../on-call/watch.ts';
import { registryArguments } from '../registry/command-options.ts';
import { parseDuration } from '../registry/duration.ts';

interface Options {
  readonly since: string;
  readonly top: string;
  readonly stack?: string;
  readonly json?: boolean;
  readonly watch?: boolean;
  readonly for?: string;
}

/** What `--watch` needs of the world. */
export interface TopWorld extends Pick<WatchParts, 'sleep' | 'clock'> {
  /** Somebody looks at it: it is drawn in place. */
  readonly isTerminal: () => boolean;
}

const WORLD: TopWorld = {
  sleep: sleepUnlessAborted,
  clock: () => performance.now(),
  isTerminal: () => process.stdout.isTTY === true,
};

const EVERY_MS = 5000;
/** Cursor to the first place, and all below it gone. */
const CLEAR = '\u001b[H\u001b[J';

const MAX_HOURS = 24;

export function register(
  program: Command,
  connect: ConnectOnCall = connectOnCallOnDemand,
  world: TopWorld = WORLD,
): void {
  program
    .command('top')
    .description('Who is turned away now: clients and addresses, the heaviest first.')
    .option('--since <time>', `how far back: 15m, 2h, at most ${MAX_HOURS}h`, '15m')
    .option('--top <count>', 'how many, at most 100', '20')
    .option('--stack <name>', 'the stack that deploys the gate (default: the only one that does)')
    .option('--watch', `again every ${EVERY_MS / 1000} s, until Ctrl-C`)
    .option('--for <time>', 'with --watch: only for so long')
    .option('--json', 'print as JSON; with --watch one document a line')
    .addHelpText(
      'after',
      `
From Contributor Insights, and from the log of rejections where that knows nobody.

Examples:
  $ headgate top
  $ headgate top --since 2h --json | jq '.offenders[0].subject'
  $ headgate top --watch --since 5m
  $ headgate top --watch --for 10m --json > offenders.jsonl`,
    )
    .action(async (options: Options, command: Command) => {
      const terminal = terminalOf(command);
      const seconds = parseDuration(options.since);
      if (seconds > MAX_HOURS * 3600) throw new UsageError(`\`--since\` reaches back ${MAX_HOURS}h at most.`);
      const most = Number(options.top);
      if (!Number.isInteger(most) || most < 1 || most > 100) throw new UsageError('`--top` takes 1 to 100.');
      if (options.for !== undefined && !options.watch) throw new UsageError('`--for` says how long to `--watch`.');
      const forMs = options.for === undefined ? undefined : parseDuration(options.for) * 1000;
      const { gate, cloudwatch, logs, clock } = await connect(options.stack);
      const { findOffenders } = await import('../on-call/offenders.ts');
      const { logGroup, ownLogGroups } = gate;
      const parts = { gate: gate.gate, logGroup, ownLogGroups, cloudwatch, logs, clock };
      const where = registryArguments(options);
      const heaviest = async () => {
        const found = await findOffenders(parts, seconds);
        return { ...found, offenders: found.offenders.slice(0, most) };
      };
      if (!options.watch) {
        if (options.json) terminal.json(await heaviest());
        else show(await heaviest(), where, terminal);
        return;
      }
      const clear = world.isTerminal() ? CLEAR : '';
      const round = async () => {
        const found = await heaviest();
        if (options.json) return terminal.print(shownJson(JSON.stringify(found)));
        // Not through the terminal, which shows what callers have chosen without control characters.
        command.configureOutput().writeOut?.(clear === '' ? '\n' : clear);
        show(found, where, terminal);
      };
      const onFailure = (error: unknown) =>
        terminal.note(terminal.noteStyle('red', error instanceof Error ? error.message : String(error)));
      await untilInterrupted((signal) => watch(round, { everyMs: EVERY_MS, forMs, ...world, onFailure, signal }));
    });
}

function show(found: Offenders, gate: string, terminal: Terminal): void {
  const { offenders, requests, subjects, subjectsAtLeast, source, from, to, missing } = found;
  const clockOf = clockWithin(from, to);
  const rows = offenders.map(({ subject, sharePercent, requests, tier = '', limits, routes, since }) => {
    const kind = subject.split(':', 1)[0]!;
    return [
      subject,
      kind,
      `${sharePercent.toFixed(1)} %`,
      requests,
      tier,
      limits.join(', '),
      routes.join(', '),
      clockOf(since),
    ];
  });
  if (rows.length > 0) {
    terminal.table(['subject', 'kind', 'share', 'turned away', 'tier', 'limits', 'routes', 'since (UTC)'], rows);
  }
  const span = `${clockOf(from)} to ${clockOf(to)} UTC`;
  const where = source === 'rejection-log' ? 'the rejection log' : 'Contributor Insights';
  if (offenders.length === 0) terminal.note(`Nobody was turned away from ${span} (${where}).`);
  else {
    const others = subjects - offenders.length;
    const more = others > 0 ? `; ${subjectsAtLeast ? 'at least ' : ''}${others} more` : '';
    terminal.note(`\n${requests} turned away from ${span}${more} (${where}).`);
    const first = offenders[0]!.subject;
    if (isSubject(first))
      terminal.note(`Turn the first one away altogether: npx headgate block ${first} --for 1h${gate}`);
  }
  for (const text of missing) terminal.note(text);
}

/** `02:53:00`, and the day before it where the range of time has two: `11-23 02:53:00`. */
const clockWithin =
  (from: string, to: string) =>
  (iso = ''): string =>
    iso.slice(from.slice(0, 10) === to.slice(0, 10) ? 11 : 5, 19).replace('T', ' ');
