import { readFileSync } from 'node:fs';
import path from 'node:path';
import { type AlarmChange, readAlarmChange } from '../../lambda/report/alarm-change.ts';
import { type Evidence, Tally } from '../../lambda/report/evidence.ts';

export const GATE = 'Shop.Headgate';

export function recorded(file: string): string {
  return readFileSync(path.join(__dirname, 'recorded', file), 'utf8');
}

/** A recorded answer of the SDK: its times are dates there. */
export function recordedAnswer(file: string): unknown {
  return JSON.parse(recorded(file), (key, value) => (key === 'Timestamp' ? new Date(value) : value));
}

export function alarmEvent(id = 'limited-rate') {
  const event = JSON.parse(recorded('alarm-event.json'));
  event.detail.alarmName = `${GATE}-${id}`;
  return event;
}

export function change(id?: string): AlarmChange {
  return readAlarmChange(alarmEvent(id), GATE, 0)!;
}

/** What a source would tell of these: subject, requests, limit, route. */
export function evidenceOf(
  ...seen: readonly (readonly [subject: string, requests: number, limit?: string, route?: string, failure?: boolean])[]
): Evidence {
  const tally = new Tally();
  for (const [subject, requests, limit = 'client', route = 'GET /notes', failure = false] of seen) {
    tally.add({ subject, requests, limit, route, failure });
  }
  return tally.evidence('rejection-log');
}
