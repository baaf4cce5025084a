import { type CloudWatchLogsClient, FilterLogEventsCommand } from '@aws-sdk/client-cloudwatch-logs';
import type { TimeRange } from './alarm-change.ts';
import { type Evidence, Tally } from './evidence.ts';
import { readRejection, rejectionPattern } from './rejection.ts';

/** AWS returns at most 10,000 lines or 1 MB a page, and a page may be empty while it searches on. */
const MAX_PAGES = 40;

export interface LogSource {
  readonly client: Pick<CloudWatchLogsClient, 'send'>;
  readonly logGroup: string;
  readonly clock: () => number;
  /** No further page is asked for after so long. Milliseconds. */
  readonly patience: number;
}

/** Adds the authorizer's rejections of a range of time up; says so where it could not read them all. */
export async function readLog(source: LogSource, range: TimeRange): Promise<Evidence> {
  const tally = new Tally();
  const until = source.clock() + source.patience;
  let nextToken: string | undefined;
  for (let page = 1; ; page++) {
    const answer = await source.client.send(
      new FilterLogEventsCommand({
        logGroupName: source.logGroup,
        startTime: range.from,
        endTime: range.to,
        filterPattern: rejectionPattern(),
        ...(nextToken !== undefined && { nextToken }),
      }),
    );
    for (const { message = '', timestamp = range.from } of answer.events ?? []) {
      const rejection = readRejection(message, timestamp);
      if (rejection) tally.add({ ...rejection, requests: rejection.represents });
    }
    nextToken = answer.nextToken;
    if (nextToken === undefined) return tally.evidence('rejection-log');
    if (page < MAX_PAGES && source.clock() < until) continue;
    return tally.evidence('rejection-log', `the rejection log is longer: only its first ${page} pages were read`);
  }
}
