import { safeText } from '../http/header-value.ts';
import { ALARM_GROUPS, ALARM_IDS, type AlarmId, SEVERITIES } from '../policy/alarm-catalogue.ts';
import { ReportError } from './report-error.ts';

/** What an alarm is about, which decides where its report looks. */
export type AlarmSubject = 'limited' | 'unauthorized' | 'limiter' | 'other';

/** The alarms of a gate, by the end of their names: `<gate>-<id>`. */
export const ALARM_SUBJECTS = {
  'limited-rate': 'limited',
  'limited-rise': 'limited',
  'many-limited': 'limited',
  'one-limited': 'limited',
  'unauthorized-rate': 'unauthorized',
  'failing-open': 'limiter',
  'failing-closed': 'limiter',
  'store-errors': 'limiter',
  'authorizer-errors': 'limiter',
  'decision-time': 'limiter',
  'quota-near': 'other',
  'gateway-throttles': 'other',
  doctor: 'other',
} as const satisfies Record<AlarmId, AlarmSubject>;

/** What composite alarms go by: their parts have reports of their own. */
const COMPOSITES: readonly string[] = ALARM_GROUPS.flatMap((group) => SEVERITIES.map((one) => `${group}-${one}`));

/** An alarm of the gate that has gone off. Times are milliseconds since 1970. */
export interface AlarmChange {
  readonly name: string;
  /** The name without the gate's: `limited-rate`. */
  readonly id: string;
  readonly subject: AlarmSubject;
  readonly at: number;
  /** CloudWatch's own words, at most 256 characters. */
  readonly reason: string;
  readonly region: string;
  /** Twelve digits; absent where the event does not name it. */
  readonly account?: string;
  /** Since when it had been OK; absent where that is not known. */
  readonly quietSince?: number;
  /** Where the evaluated data begin, as CloudWatch tells it. */
  readonly dataFrom?: number;
}

/** The part that is read of EventBridge's event `CloudWatch Alarm State Change`. */
interface AlarmEvent {
  readonly region?: unknown;
  readonly account?: unknown;
  readonly time?: unknown;
  readonly detail?: {
    readonly alarmName?: unknown;
    readonly state?: {
      readonly value?: unknown;
      readonly reason?: unknown;
      readonly reasonData?: unknown;
      readonly timestamp?: unknown;
    };
    readonly previousState?: { readonly value?: unknown; readonly timestamp?: unknown };
  };
}

/**
 * Reads EventBridge's event. Undefined for an alarm of another gate whose name begins like this one's (`shop-eu-doctor`
 * matches the prefix of the gate `shop`), for a composite alarm, and for another state than ALARM.
 *
 * @param now milliseconds, for an event without a time
 * @throws ReportError (HG350) for what is no alarm's change of state
 */
export function readAlarmChange(event: unknown, gate: string, now: number): AlarmChange | undefined {
  const { region, account, time, detail } = (event ?? {}) as AlarmEvent;
  const name = detail?.alarmName;
  if (typeof name !== 'string' || typeof detail?.state?.value !== 'string') {
    throw new ReportError('event', "the event is no alarm's change of state: the rule of the report passes no others");
  }
  if (detail.state.value !== 'ALARM' || !name.startsWith(`${gate}-`)) return undefined;
  const id = name.slice(gate.length + 1);
  const known = Object.hasOwn(ALARM_SUBJECTS, id) ? ALARM_SUBJECTS[id as AlarmId] : undefined;
  if (COMPOSITES.includes(id)) return undefined;
  const ofAnother = [...ALARM_IDS, ...COMPOSITES].some((other) => id.endsWith(`-${other}`));
  if (!known && ofAnother) return undefined;
  const { previousState } = detail;
  const quietSince = previousState?.value === 'OK' ? timeOf(previousState.timestamp) : undefined;
  const dataFrom = dataFromOf(detail.state.reasonData);
  return {
    name: safeText(name),
    id: safeText(id),
    subject: known ?? 'other',
    at: timeOf(detail.state.timestamp) ?? timeOf(time) ?? now,
    reason: safeText(typeof detail.state.reason === 'string' ? detail.state.reason : ''),
    region: typeof region === 'string' && /^[a-z0-9-]{1,32}$/.test(region) ? region : '',
    ...(typeof account === 'string' && /^\d{12}$/.test(account) && { account }),
    ...(quietSince !== undefined && { quietSince }),
    ...(dataFrom !== undefined && { dataFrom }),
  };
}

function timeOf(value: unknown): number | undefined {
  // CloudWatch writes the zone as +0000, which is no ISO 8601 for every reader.
  const ms = typeof value === 'string' ? Date.parse(value.replace(/([+-]\d\d)(\d\d)$/, '$1:$2')) : Number.NaN;
  return Number.isNaN(ms) ? undefined : ms;
}

function dataFromOf(reasonData: unknown): number | undefined {
  if (typeof reasonData !== 'string' || reasonData.length > 20_000) return undefined;
  try {
    return timeOf((JSON.parse(reasonData) as { startDate?: unknown } | null)?.startDate);
  } catch {
    return undefined;
  }
}

export interface TimeRange {
  /** Milliseconds since 1970. */
  readonly from: number;
  readonly to: number;
}

const MINUTE = 60_000;

/** The minutes that a report looks at: from where the alarm's data begin, at least 10 minutes and at most 3 hours. */
export function windowOf(change: AlarmChange, now: number): TimeRange {
  const to = Math.max(change.at, Math.min(now, change.at + 15 * MINUTE));
  const from = Math.min(change.dataFrom ?? change.at, change.at - 10 * MINUTE);
  return { from: Math.max(from, change.at - 180 * MINUTE), to };
}
