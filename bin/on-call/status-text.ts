import type { Terminal } from '../cli/terminal.ts';
import type { AlarmState } from './gate-alarms.ts';
import { SUMS } from './gate-metrics.ts';
import type { GateStatus } from './gate-status.ts';
import { overrideText } from './override-text.ts';

/** In the order of the questions: what is on, what limits, how much, is the limiter well. */
export function showStatus(status: GateStatus, terminal: Terminal): void {
  const { gate, stack, at, blocks, overrides, missing, notes } = status;
  terminal.print(`${gate} (stack ${stack}), ${at.slice(0, 19).replace('T', ' ')} UTC`);
  showAlarms(status, terminal);
  showLimits(status, terminal);
  for (const override of overrides ?? [])
    terminal.print(`${terminal.style('yellow', 'overridden')}  ${overrideText(override)}`);
  if (overrides?.length === 0) terminal.print('no override');
  if (blocks !== undefined) terminal.print(`${blocks === 0 ? 'no' : blocks} ${blocks === 1 ? 'block' : 'blocks'}`);
  showMetrics(status, terminal);
  for (const text of notes) terminal.note(terminal.noteStyle('yellow', text));
  for (const text of missing) terminal.note(`${terminal.noteStyle('red', 'not found out')} ${text}`);
  terminal.note('\nWho it is: npx headgate top. Whether everything is as deployed: npx headgate doctor.');
}

/** Of composite alarms: the reason names one of those that are listed before it. */
const SENT = 'its message speaks for those above';
const isComposite = (id: string): boolean => /^(callers|limiter)-(page|ticket)$/.test(id);
/** What pages comes first, what speaks for others last. */
const rankOf = ({ id, severity }: AlarmState): number => (isComposite(id) ? 2 : severity === 'page' ? 0 : 1);

function showAlarms({ alarms }: GateStatus, terminal: Terminal): void {
  if (alarms === undefined) return;
  const on = alarms.filter(({ state }) => state === 'ALARM');
  const unknown = alarms.filter(({ state }) => state === 'INSUFFICIENT_DATA').length;
  const rest = unknown > 0 ? `, ${unknown} without data` : '';
  terminal.print(
    `${on.length === 0 ? terminal.style('green', 'no alarm is on') : terminal.style('red', `${on.length} on`)} of ${alarms.length}${rest}`,
  );
  for (const { id, severity = '', since = '', reason } of [...on].sort((a, b) => rankOf(a) - rankOf(b))) {
    terminal.print(
      `  ${terminal.style('red', 'ALARM')}  ${id}${severity === '' ? '' : ` (${severity})`} since ${since.slice(11, 19)} UTC: ${isComposite(id) ? SENT : reason}`,
    );
  }
}

function showLimits({ limits, overrides = [] }: GateStatus, terminal: Terminal): void {
  if (limits === undefined) return;
  terminal.print('');
  const rows = limits.map(({ limit, per, mode, rate, limited }) => {
    const isOverridden = overrides.some((override) => override.limit === limit);
    const said = isOverridden ? `overridden; the policy: ${rate}` : rate;
    return [limit, per, limited ?? '?', mode === 'shadow' ? `${said} (shadow)` : said];
  });
  terminal.table(['limit', 'per', 'turned away, 5 min', 'rate'], rows);
  terminal.print('');
}

function showMetrics({ metrics }: GateStatus, terminal: Terminal): void {
  if (metrics === undefined) return;
  const { minutes5, minutes60, storeLatencyMs, decisionMs } = metrics;
  const all = (sums: typeof minutes5) => sums.Allowed + sums.Limited + sums.Unauthorized;
  terminal.print('');
  terminal.table(
    ['requests', '5 min', '60 min'],
    SUMS.filter((name, i) => i < 4 || minutes60[name] > 0).map((name) => [name, minutes5[name], minutes60[name]]),
  );
  if (all(minutes60) === 0) terminal.note('No request was counted in the last hour.');
  const failures = minutes5.StoreErrors + minutes5.FailedOpen + minutes5.FailedClosed + minutes5.AuthorizerErrors;
  const times = [
    storeLatencyMs === undefined ? '' : `a write ${storeLatencyMs.toFixed(1)} ms`,
    decisionMs === undefined ? '' : `a decision ${decisionMs.toFixed(1)} ms`,
  ].filter(Boolean);
  const speed = times.length === 0 ? '' : `; p99: ${times.join(', ')}`;
  const health = failures === 0 ? terminal.style('green', 'no failure') : terminal.style('red', 'failures');
  terminal.print(`limiter and store: ${health} in 5 minutes${speed}`);
}
