import type { Command } from 'commander';
import { isSubject } from '../../lambda/report/commands.ts';
import { UsageError } from '../cli/exit.ts';
import { type Terminal, terminalOf } from '../cli/terminal.ts';
import { type ConnectOnCall, connectOnCallOnDemand } from '../on-call/connect-on-demand.ts';
import type { Offenders } from '../on-call/offenders.ts';
import { parseDuration } from '../registry/duration.ts';

interface Options {
  readonly since: string;
  readonly top: string;
  readonly stack?: string;
  readonly json?: boolean;
}

const MAX_HOURS = 24;

export function register(program: Command, connect: ConnectOnCall = connectOnCallOnDemand): void {
  program
    .command('top')
    .description('Who is turned away now: clients and addresses, the heaviest first.')
    .option('--since <time>', `how far back: 15m, 2h, at most ${MAX_HOURS}h`, '15m')
    .option('--top <count>', 'how many, at most 100', '20')
    .option('--stack <name>', 'the stack that deploys the gate (default: the only one that does)')
    .option('--json', 'print as JSON')
    .addHelpText(
      'after',
      `
From Contributor Insights, and from the log of rejections where that knows nobody.

Examples:
  $ headgate top
  $ headgate top --since 2h --json | jq '.offenders[0].subject'
  $ watch -n 10 headgate top --since 5m`,
    )
    .action(async (options: Options, command: Command) => {
      const terminal = terminalOf(command);
      const seconds = parseDuration(options.since);
      if (seconds > MAX_HOURS * 3600) throw new UsageError(`\`--since\` reaches back ${MAX_HOURS}h at most.`);
      const most = Number(options.top);
      if (!Number.isInteger(most) || most < 1 || most > 100) throw new UsageError('`--top` takes 1 to 100.');
      const { gate, cloudwatch, logs, clock } = await connect(options.stack);
      const { findOffenders } = await import('../on-call/offenders.ts');
      const { logGroup, ownLogGroups } = gate;
      const parts = { gate: gate.gate, logGroup, ownLogGroups, cloudwatch, logs, clock };
      const found = await findOffenders(parts, seconds);
      if (options.json) terminal.json({ ...found, offenders: found.offenders.slice(0, most) });
      else show(found, most, terminal);
    });
}

function show(found: Offenders, most: number, terminal: Terminal): void {
  const { offenders, requests, subjects, subjectsAtLeast, source, from, to, missing } = found;
  const shown = offenders.slice(0, most);
  const rows = shown.map(({ subject, sharePercent, requests, tier = '', limits, routes, since }) => {
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
  if (shown.length === 0) terminal.note(`Nobody was turned away from ${span} (${where}).`);
  else {
    const others = subjects - shown.length;
    const more = others > 0 ? `; ${subjectsAtLeast ? 'at least ' : ''}${others} more` : '';
    terminal.note(`\n${requests} turned away from ${span}${more} (${where}).`);
    const first = shown[0]!.subject;
    if (isSubject(first)) terminal.note(`Turn the first one away altogether: headgate block ${first} --for 1h`);
  }
  for (const text of missing) terminal.note(text);
}

const clockOf = (iso: string | undefined): string => (iso === undefined ? '' : iso.slice(11, 19));
