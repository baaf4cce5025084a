import type { AlarmChange, TimeRange } from './alarm-change.ts';
import { insightRuleName } from './insight-rules.ts';
import { QUERIES } from './queries.ts';

export interface Links {
  readonly alarm: string;
  readonly dashboard: string;
  /** A Logs Insights query over the rejections, run for the range of time. */
  readonly rejections: string;
  readonly insights: string;
}

/**
 * Addresses of the console, with the range of time where the page takes one. Their form is not documented by AWS: a page
 * that does not understand its range opens without it.
 */
export function linksOf(
  change: AlarmChange,
  range: TimeRange,
  names: { logGroup: string; ownLogGroups?: readonly string[]; dashboard: string; gate: string },
): Links {
  const { region } = change;
  const console = `https://${region === '' ? '' : `${region}.`}console.aws.amazon.com/cloudwatch/home${region === '' ? '' : `?region=${region}`}`;
  const [from, to] = [new Date(range.from).toISOString(), new Date(range.to).toISOString()];
  return {
    alarm: `${console}#alarmsV2:alarm/${encodeURIComponent(change.name)}`,
    dashboard: `${console}#dashboards/dashboard/${encodeURIComponent(names.dashboard)}?start=${from}&end=${to}`,
    rejections: `${console}#logsV2:logs-insights${dollars(`?queryDetail=${logsQuery([names.logGroup, ...(names.ownLogGroups ?? [])], QUERIES['who is turned away'], from, to)}`)}`,
    insights: `${console}#contributor-insights:rules/${encodeURIComponent(insightRuleName(names.gate, 'limited-subjects'))}`,
  };
}

/** The console's own notation for a query: `~(key~'text~key~(~'item))`, texts with `*` for `%`. */
function logsQuery(logGroups: readonly string[], query: string, from: string, to: string): string {
  const text = (value: string) => `'${encodeURIComponent(value).replace(/'/g, '%27').replaceAll('%', '*')}`;
  const fields = {
    end: text(to),
    start: text(from),
    timeType: text('ABSOLUTE'),
    tz: text('UTC'),
    editorString: text(query),
    source: `(${logGroups.map((group) => `~${text(group)}`).join('')})`,
  };
  const pairs = Object.entries(fields).map(([key, value]) => `${key}~${value}`);
  return escaped(`~(${pairs.join('~')})`);
}

/** As the global `escape` does for the characters that occur here. */
function escaped(text: string): string {
  return text.replace(/[^A-Za-z0-9@*_+\-./]/g, (character) => `%${character.charCodeAt(0).toString(16).toUpperCase()}`);
}

function dollars(text: string): string {
  return encodeURIComponent(text).replaceAll('%', '$');
}
