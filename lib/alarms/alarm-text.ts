import { type AlarmId, alarmDescription } from '../../lambda/policy/alarm-catalogue.ts';
import type { ResolvedRule } from '../../lambda/policy/alarms.ts';

/** The runbook in the package; each alarm has a heading of its name. */
const RUNBOOK = 'node_modules/headgate/docs/runbook.md';

/** Where the runbook says what to do about an alarm. */
export const runbookOf = (id: AlarmId, runbook = RUNBOOK): string => `${runbook}#${id}`;

/** What the message of an alarm says beside its numbers. */
export function alarmText(id: AlarmId, rule: ResolvedRule, runbook?: string): string {
  const { meaning } = alarmDescription(id);
  return `${meaning} ${conditionOf(id, rule)}\nRunbook: ${runbookOf(id, runbook)}`;
}

function conditionOf(id: AlarmId, { threshold, minimum, periods, datapoints }: ResolvedRule): string {
  const { threshold: of, minimum: least, periodMinutes } = alarmDescription(id);
  // How often the doctor looks is the doctor's.
  if (id === 'doctor') return '';
  const unit = of.unit.startsWith('%') ? ' %' : ` ${of.unit}`;
  const volume = least === undefined ? '' : ` with at least ${minimum} ${least.of}`;
  const each = periodMinutes === 1 ? 'a minute' : `${periodMinutes} minutes`;
  const when = periods === 1 ? '' : `, in ${datapoints} of ${periods}`;
  return `On from ${threshold}${unit} in ${each}${volume}${when}.`;
}
