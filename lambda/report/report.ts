import type { AlarmChange, TimeRange } from './alarm-change.ts';
import { type Suggestion, suggestionsFor } from './commands.ts';
import { DRILL_REASON } from './drill-reason.ts';
import type { Evidence } from './evidence.ts';
import { type Kind, kindOf } from './kind.ts';
import { type Links, linksOf } from './links.ts';
import type { NearQuota, NearQuotas } from './near-quota.ts';

/** The offender report as machines get it. Bounded: below 8 KiB as JSON. Times are ISO 8601. */
export interface OffenderReport {
  readonly version: 1;
  readonly gate: string;
  /** Where the gate is: what a command line has to be set up for. */
  readonly account?: string;
  readonly region?: string;
  /** `headgate drill` has set the alarm off: nothing has happened. */
  readonly drill?: true;
  readonly alarm: { readonly name: string; readonly id: string; readonly at: string; readonly reason: string };
  readonly window: { readonly from: string; readonly to: string };
  readonly kind: Kind;
  /** Where the figures are from; absent where no source could be asked. */
  readonly source?: Evidence['source'];
  /** Requests that were turned away in the window; absent where no source could be asked. */
  readonly requests?: number;
  /** How many different clients and addresses; `subjectsAtLeast`: there are more. */
  readonly subjects?: number;
  readonly subjectsAtLeast?: true;
  readonly offenders: readonly ReportedOffender[];
  readonly routes: readonly { readonly route: string; readonly sharePercent: number }[];
  /** Who has nearly used up a quota of the calendar, at most 5, and how many there are: of the alarm `quota-near` alone. */
  readonly nearQuotas?: readonly NearQuota[];
  readonly nearQuotaCount?: number;
  readonly suggestions: readonly Suggestion[];
  /** What could not be found out, a sentence each. Empty where nothing is missing. */
  readonly missing: readonly string[];
  /** The alarm had been quiet for less than 10 minutes: an earlier report may tell of the same. */
  readonly again?: true;
  readonly links: Links;
}

/** Who was turned away, and how often. Times are ISO 8601. */
export interface Offender {
  readonly subject: string;
  readonly requests: number;
  /** Of all requests that were turned away; one decimal. */
  readonly sharePercent: number;
  readonly tier?: string;
  readonly limits: readonly string[];
  readonly routes: readonly string[];
  readonly since?: string;
}

export interface ReportedOffender extends Offender {
  /** Turned away in the same range of time a day and a week before; absent where that is not known. */
  readonly usual?: { readonly dayBefore?: number; readonly weekBefore?: number };
}

/** What a report names of the gate that it is about. */
export interface ReportedGate {
  readonly gate: string;
  /** That deploys the gate: commands name it, so that they work where there are several. */
  readonly stack?: string | undefined;
  readonly logGroup: string;
  /** Those of functions with limits of their own. @default - none */
  readonly ownLogGroups?: readonly string[];
  /** The gate's, where functions have others. @default - every limit is the gate's */
  readonly limits?: readonly string[] | undefined;
  readonly dashboard: string;
}

/** All that a report is made of. */
export interface Findings extends ReportedGate {
  readonly change: AlarmChange;
  readonly nearQuotas?: NearQuotas | undefined;
  readonly window: TimeRange;
  readonly evidence?: Evidence | undefined;
  readonly dayBefore?: Evidence | undefined;
  readonly weekBefore?: Evidence | undefined;
  readonly missing: readonly string[];
}

const MAX_OFFENDERS = 5;
const MAX_ROUTES = 3;
/** Characters of a subject, a limit or a route: callers can make long ones. */
const MAX_TEXT = 100;
const AGAIN_MS = 10 * 60_000;

/** Says what the findings say: who, what kind of trouble, and what to do. */
export function reportOf(findings: Findings): OffenderReport {
  const { gate, change, window, evidence, nearQuotas } = findings;
  const kind = nearQuotas && nearQuotas.count > 0 ? 'near-quota' : kindOf(change.subject, evidence);
  const incomplete = evidence?.incomplete ?? nearQuotas?.incomplete;
  const missing = incomplete === undefined ? findings.missing : [...findings.missing, `${incomplete}.`];
  const total = evidence?.total ?? 0;
  const sharePercent = (requests: number) => (total === 0 ? 0 : Math.round((1000 * requests) / total) / 10);
  const iso = (ms: number) => new Date(ms).toISOString();
  const offenders = (evidence?.offenders ?? []).slice(0, MAX_OFFENDERS).map((offender): ReportedOffender => {
    const usual = usualOf(findings, offender.subject);
    return {
      subject: short(offender.subject),
      requests: offender.requests,
      sharePercent: sharePercent(offender.requests),
      ...(offender.tier !== undefined && { tier: short(offender.tier) }),
      limits: offender.limits.slice(0, MAX_ROUTES).map(short),
      routes: offender.routes.slice(0, MAX_ROUTES).map(short),
      ...(offender.since !== undefined && { since: iso(offender.since) }),
      ...(usual && { usual }),
    };
  });
  return {
    version: 1,
    gate,
    ...(change.account !== undefined && { account: change.account }),
    ...(change.region !== '' && { region: change.region }),
    ...(change.reason.startsWith(DRILL_REASON) && { drill: true }),
    alarm: { name: change.name, id: change.id, at: iso(change.at), reason: change.reason },
    window: { from: iso(window.from), to: iso(window.to) },
    kind,
    ...(evidence && { source: evidence.source, requests: evidence.total, subjects: evidence.subjects }),
    ...(evidence?.subjectsAtLeast && { subjectsAtLeast: true }),
    offenders,
    routes: (evidence?.routes ?? [])
      .slice(0, MAX_ROUTES)
      .map(({ name, requests }) => ({ route: short(name), sharePercent: sharePercent(requests) })),
    ...(nearQuotas && {
      nearQuotas: nearQuotas.found
        .slice(0, MAX_OFFENDERS)
        .map((near) => ({ ...near, subject: short(near.subject), limit: short(near.limit) })),
      nearQuotaCount: nearQuotas.count,
    }),
    suggestions: suggestionsFor(kind, change, { evidence, near: nearQuotas?.found, limits: findings.limits }).map(
      ({ command, why }) => ({
        command: `${command}${stackArgument(findings.stack)}`,
        why,
      }),
    ),
    missing,
    ...(change.quietSince !== undefined && change.at - change.quietSince < AGAIN_MS && { again: true }),
    links: linksOf(change, window, findings),
  };
}

/** A command line's ` --stack NAME`, of a stack or a gate: their names mean nothing to a shell. */
export function stackArgument(stack: string | undefined): string {
  return stack !== undefined && /^\w[\w.-]{0,127}$/.test(stack) ? ` --stack ${stack}` : '';
}

/** Of a TOKEN authorizer's requests the route is the path as it was sent: an address in it must not become a link in a mail. */
const short = (text: string): string => {
  const plain = text.replaceAll('://', ':/');
  return plain.length > MAX_TEXT ? `${plain.slice(0, MAX_TEXT - 3)}...` : plain;
};

function usualOf({ dayBefore, weekBefore }: Findings, subject: string): ReportedOffender['usual'] {
  const then = (evidence: Evidence | undefined) => {
    if (!evidence) return undefined;
    const found = evidence.offenders.find((offender) => offender.subject === subject);
    // Not among the heaviest, of whom there were more than are listed: how many it were is not known.
    const unknown = !found && (evidence.subjectsAtLeast || evidence.subjects > evidence.offenders.length);
    return unknown ? undefined : (found?.requests ?? 0);
  };
  const [day, week] = [then(dayBefore), then(weekBefore)];
  if (day === undefined && week === undefined) return undefined;
  return { ...(day !== undefined && { dayBefore: day }), ...(week !== undefined && { weekBefore: week }) };
}
