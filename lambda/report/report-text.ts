import { KIND_RULES, type Kind } from './kind.ts';
import type { NearQuota } from './near-quota.ts';
import type { OffenderReport, ReportedOffender } from './report.ts';

/** The first line of an email; SNS takes at most 100 ASCII characters. */
export function subjectLine(report: OffenderReport): string {
  return `Headgate ${report.drill ? 'DRILL' : 'report'}: ${report.alarm.id}: ${KIND_TITLES[report.kind]}`.slice(0, 100);
}

const KIND_TITLES: Readonly<Record<Kind, string>> = {
  'near-quota': 'near a quota',
  limiter: 'the limiter itself',
  'one-client': 'one client',
  'one-address': 'one address',
  'many-addresses': 'many addresses',
  'one-route': 'one route',
  several: 'several callers',
  unknown: 'nobody found',
};

/** The report for people, as plain text. */
export function reportText(report: OffenderReport): string {
  const { gate, account, region, alarm, window, offenders, suggestions, missing, links } = report;
  const blocks = [
    [
      ...(report.drill ? [drillText(report)] : []),
      `Headgate ${gate}: ${alarm.name} went off at ${clock(alarm.at)} UTC`,
      sentenceOf(report),
      ...(report.again ? [AGAIN] : []),
    ],
    [
      `${report.kind === 'limiter' ? 'TURNED AWAY MEANWHILE, NOT THE CAUSE' : 'WHO'} (${day(window.from)}, ${clock(window.from)} to ${clock(window.to)} UTC${sourceOf(report)})`,
      ...(report.kind === 'near-quota' ? nearLines(report) : []),
      ...(offenders.length > 0 || report.kind === 'near-quota'
        ? offenders.flatMap(offenderLines)
        : ['  nobody was found in the sources that answered']),
      ...othersOf(report),
    ],
    [`DO${whereOf(account, region)}`, ...suggestions.flatMap(({ command, why }) => [`  ${command}`, `      ${why}`])],
    ...(missing.length > 0 ? [['NOT FOUND OUT', ...missing.map((text) => `  ${text}`)]] : []),
    [
      'SEE',
      `  dashboard:  ${links.dashboard}`,
      `  rejections: ${links.rejections}`,
      `  insights:   ${links.insights}`,
      `  alarm:      ${links.alarm}`,
    ],
    [`The alarm says: ${alarm.reason === '' ? '(no reason)' : alarm.reason}`],
  ];
  return `${blocks.map((lines) => lines.join('\n')).join('\n\n')}\n`;
}

/** The alarm's reason says so, which whoever may set an alarm can write: it must not hide what happens meanwhile. */
function drillText({ requests }: OffenderReport): string {
  const drill = 'THIS IS A DRILL: somebody has set the alarm off by hand.';
  if (requests === undefined) return drill;
  if (requests === 0) return `${drill} As far as is known, nobody was turned away.`;
  return `${drill} All the same, ${requests} ${requests === 1 ? 'request was' : 'requests were'} turned away: see below.`;
}

/** Whose credentials and which region the commands need. */
function whereOf(account: string | undefined, region: string | undefined): string {
  const where = [account && `account ${account}`, region && `region ${region}`].filter(Boolean).join(', ');
  return where === '' ? '' : ` (with credentials for ${where})`;
}

const AGAIN = 'It had been quiet for less than 10 minutes: an earlier report may tell of the same.';

/** What kind of trouble it is, in a sentence with its figures. */
export function sentenceOf(report: OffenderReport): string {
  const { kind, requests = 0, offenders, routes } = report;
  const [top] = offenders;
  const [route] = routes;
  const mostly =
    route && route.sharePercent >= 100 * KIND_RULES.route ? `, ${percent(route.sharePercent)} on ${route.route}` : '';
  switch (kind) {
    case 'near-quota':
      return `Near a quota: ${report.nearQuotas?.[0]?.subject ?? 'somebody'}${(report.nearQuotaCount ?? 0) > 1 ? ` and ${report.nearQuotaCount! - 1} more` : ''}. That they crossed 80 % turned nobody away.`;
    case 'limiter':
      return 'The limiter itself: its counters, its registry or its function are in trouble. Callers are not the cause.';
    case 'one-client':
      return `One client: ${top!.subject} has ${percent(top!.sharePercent)} of ${rejections(requests)}. Most likely a client that is broken or does not wait.`;
    case 'one-address':
      return `One address: ${top!.subject} has ${percent(top!.sharePercent)} of ${rejections(requests)}${mostly}.`;
    case 'many-addresses':
      return `Many addresses: ${howMany(report)} share ${rejections(requests)}${mostly}. This is what an attack looks like, for example stolen passwords being tried.`;
    case 'one-route':
      return `One route: ${percent(route!.sharePercent)} of ${rejections(requests)} on ${route!.route}, by ${howMany(report)}.`;
    case 'several':
      return `Several callers: ${howMany(report)} share ${rejections(requests)}. Nobody stands out.`;
    case 'unknown':
      if (report.nearQuotas) return 'Nobody was found who came near a quota in this time.';
      return report.requests === undefined
        ? 'Who it is could not be found out: no source answered.'
        : 'Nobody was found who was turned away in this time.';
  }
}

function offenderLines(offender: ReportedOffender): string[] {
  const { subject, requests, sharePercent, tier, since, limits, routes } = offender;
  const facts = [
    tier === undefined ? '' : `tier ${tier}`,
    limits.length === 0 ? '' : `limit ${limits.join(', ')}`,
    routes.length === 0 ? '' : `on ${routes.join(', ')}`,
    since === undefined ? '' : `since ${clock(since)}`,
  ];
  return [
    `  ${subject}  ${percent(sharePercent)} (${requests})${usualOf(offender)}`,
    `      ${facts.filter(Boolean).join('; ')}`,
  ];
}

/** `client:acme 8000 of 10000 (80 %), limit monthly, until 2026-12-01` */
function nearText({ subject, limit, used, allowed, resetAt }: NearQuota): string {
  const share = percent(Math.floor((100 * used) / allowed));
  return `${subject} ${used} of ${allowed} (${share}), limit ${limit}${resetAt === undefined ? '' : `, until ${day(resetAt)}`}`;
}

function nearLines({ nearQuotas = [], nearQuotaCount = 0 }: OffenderReport): string[] {
  const others = nearQuotaCount - nearQuotas.length;
  return [...nearQuotas.map((near) => `  ${nearText(near)}`), ...(others > 0 ? [`  and ${others} more`] : [])];
}

function usualOf({ usual }: ReportedOffender): string {
  const { dayBefore, weekBefore } = usual ?? {};
  const parts = [
    dayBefore === undefined ? '' : `${dayBefore} the day before`,
    weekBefore === undefined ? '' : `${weekBefore} the week before`,
  ].filter(Boolean);
  return parts.length === 0 ? '' : `, usually: ${parts.join(', ')}`;
}

function othersOf({ subjects, subjectsAtLeast, offenders }: OffenderReport): string[] {
  const others = (subjects ?? 0) - offenders.length;
  return others > 0 ? [`  and ${subjectsAtLeast ? 'at least ' : ''}${others} more`] : [];
}

function howMany({ subjects = 0, subjectsAtLeast }: OffenderReport): string {
  return `${subjectsAtLeast ? 'at least ' : ''}${subjects} clients and addresses`;
}

function sourceOf({ source }: OffenderReport): string {
  if (source === undefined) return '';
  return source === 'rejection-log' ? '; from the rejection log' : '; from Contributor Insights';
}

const rejections = (count: number): string => `${count} ${count === 1 ? 'request' : 'requests'} turned away`;
const percent = (share: number): string => `${share} %`;
const clock = (iso: string): string => iso.slice(11, 19);
const day = (iso: string): string => iso.slice(0, 10);
