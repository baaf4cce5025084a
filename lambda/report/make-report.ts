import { safeText } from '../http/header-value.ts';
import { type AlarmChange, type TimeRange, windowOf } from './alarm-change.ts';
import type { Evidence } from './evidence.ts';
import type { NearQuotas } from './near-quota.ts';
import { type OffenderReport, type ReportedGate, reportOf } from './report.ts';
import { REPORT_CODES } from './report-error.ts';

/** A place that can tell who was turned away in a range of time, with their limits and routes or without. It may fail. */
export type Source = (range: TimeRange, details: boolean) => Promise<Evidence>;

export interface ReportParts extends ReportedGate {
  readonly clock: () => number;
  readonly sleep: (ms: number) => Promise<unknown>;
  readonly insights: Source;
  readonly log: Source;
  /** Who has nearly used up a quota of the calendar. */
  readonly nearQuotas: (range: TimeRange) => Promise<NearQuotas>;
}

const DAY = 24 * 3_600_000;
/** Lines of the log can arrive some seconds after the alarm. */
const LATE_LINES_MS = 5_000;

/**
 * Asks Contributor Insights, and the rejection log where that fails or has found nobody; then the source that answered for
 * the same time a day and a week before. A source that fails is named in the report; this never throws for one.
 */
export async function makeReport(change: AlarmChange, parts: ReportParts): Promise<OffenderReport> {
  const window = windowOf(change, parts.clock());
  const missing: string[] = [];
  const attempt = async (name: string, code: string, source: Source, range: TimeRange, details = true) => {
    try {
      return await source(range, details);
    } catch (error) {
      missing.push(`${code}: ${name} could not be asked: ${describe(error)}.`);
      return undefined;
    }
  };
  const { gate, stack, logGroup, ownLogGroups = [], limits, dashboard } = parts;
  const names = { gate, stack, logGroup, ownLogGroups, limits, dashboard };
  if (change.id === 'quota-near') {
    // Nobody has been turned away for that.
    const nearQuotas = await parts.nearQuotas(window).catch((error: unknown) => {
      missing.push(`${REPORT_CODES.log}: The log could not be asked: ${describe(error)}.`);
      return undefined;
    });
    return reportOf({ ...names, change, window, evidence: undefined, nearQuotas, missing });
  }
  // Rules count limited requests only: who was blocked or unknown stands in the log.
  const askInsights = change.subject === 'limited' || change.subject === 'other';
  const insights = askInsights
    ? await attempt('Contributor Insights', REPORT_CODES.insights, parts.insights, window)
    : undefined;
  let [source, evidence] = [parts.insights, insights];
  if (!evidence || evidence.total === 0) {
    const name = 'The rejection log';
    source = parts.log;
    evidence = (await attempt(name, REPORT_CODES.log, parts.log, window)) ?? insights;
    if (evidence?.total === 0 && change.subject !== 'other') {
      await parts.sleep(LATE_LINES_MS);
      evidence = (await attempt(name, REPORT_CODES.log, parts.log, windowOf(change, parts.clock()))) ?? evidence;
    }
  }
  const before = async (days: number) => {
    if (!evidence || evidence.total === 0) return undefined;
    const range = { from: window.from - days * DAY, to: window.to - days * DAY };
    const when = days === 1 ? 'day' : 'week';
    const code = source === parts.log ? REPORT_CODES.log : REPORT_CODES.insights;
    return attempt(`What is usual (the same time a ${when} before)`, code, source, range, false);
  };
  const [dayBefore, weekBefore] = await Promise.all([before(1), before(7)]);
  return reportOf({
    ...names,
    change,
    window,
    evidence,
    dayBefore,
    weekBefore,
    missing,
  });
}

/** An error's name and message, safe and short: what AWS answers can name a resource, never a key. */
export function describe(error: unknown): string {
  const { name = 'Error', message = String(error) } = (error ?? {}) as Partial<Error>;
  const short = message.replace(/^User: \S+ is/, 'the function is');
  return safeText(`${name}: ${short}`)
    .slice(0, 200)
    .replace(/[.\s]+$/, '');
}
