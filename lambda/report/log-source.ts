import { type CloudWatchLogsClient, FilterLogEventsCommand } from '@aws-sdk/client-cloudwatch-logs';
import { safeText } from '../http/header-value.ts';
import type { TimeRange } from './alarm-change.ts';
import { type Evidence, Tally } from './evidence.ts';
import { readRejection, rejectionPattern } from './rejection.ts';

/** AWS returns at most 10,000 lines or 1 MB a page, and a page may be empty while it searches on. */
const MAX_PAGES = 40;

export interface LogSource {
  readonly client: Pick<CloudWatchLogsClient, 'send'>;
  /** The authorizer's. */
  readonly logGroup: string;
  /** Those of functions with limits of their own. @default - none */
  readonly ownLogGroups?: readonly string[] | undefined;
  readonly clock: () => number;
  /** No further page is asked for after so long. Milliseconds. */
  readonly patience: number;
}

/**
 * Adds the rejections of a range of time up; says so where it could not read them all. A log group of a function that cannot be
 * read does not hide the authorizer's.
 */
export async function readLog(source: LogSource, range: TimeRange): Promise<Evidence> {
  const tally = new Tally();
  const incomplete = await readLines(source, range, rejectionPattern(), (line, at) => {
    const rejection = readRejection(line, at);
    if (rejection) tally.add({ ...rejection, requests: rejection.represents });
  });
  return tally.evidence('rejection-log', incomplete);
}

type OnLine = (line: string, at: number) => void;

/**
 * Reads all lines of a range of time that match a pattern, of all logs.
 *
 * @returns what is missing, as a sentence; undefined where nothing is
 */
export async function readLines(
  source: LogSource,
  range: TimeRange,
  pattern: string,
  onLine: OnLine,
): Promise<string | undefined> {
  const { logGroup, ownLogGroups = [], clock, patience } = source;
  const groups = [logGroup, ...ownLogGroups];
  const incomplete: string[] = [];
  const until = clock() + patience;
  for (const [i, group] of groups.entries()) {
    // What is left of the time is shared: a log without end must not keep the others from being read.
    const share = clock() + (until - clock()) / (groups.length - i);
    try {
      const pages = await readGroup(source, group, { range, pattern, onLine, until: share });
      if (pages === undefined) continue;
      const whose = i === 0 ? '' : ` of ${safeText(group)}`;
      incomplete.push(`the rejection log${whose} is longer: only its first ${pages} pages were read`);
    } catch (error) {
      if (i === 0) throw error;
      // The function has not run yet.
      if (nameOf(error) === 'ResourceNotFoundException') continue;
      incomplete.push(`the log ${safeText(group)} could not be read (${safeText(nameOf(error))})`);
    }
  }
  return incomplete.length > 0 ? incomplete.join('; ') : undefined;
}

/** @returns undefined, or after how many pages it was left where it is longer */
async function readGroup(
  { client, clock }: LogSource,
  logGroupName: string,
  {
    range,
    pattern,
    onLine,
    until,
  }: { readonly range: TimeRange; readonly pattern: string; readonly onLine: OnLine; readonly until: number },
): Promise<number | undefined> {
  let nextToken: string | undefined;
  for (let page = 1; ; page++) {
    const answer = await client.send(
      new FilterLogEventsCommand({
        logGroupName,
        startTime: range.from,
        endTime: range.to,
        filterPattern: pattern,
        ...(nextToken !== undefined && { nextToken }),
      }),
    );
    for (const { message = '', timestamp = range.from } of answer.events ?? []) {
      onLine(message, timestamp);
    }
    nextToken = answer.nextToken;
    if (nextToken === undefined) return undefined;
    if (page >= MAX_PAGES || clock() >= until) return page;
  }
}

const nameOf = (error: unknown): string => (error instanceof Error ? error.name : 'Error');
