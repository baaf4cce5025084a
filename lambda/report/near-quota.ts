import { QUOTA_NEAR_EVENT } from '../signals/near-quota-log.ts';
import type { TimeRange } from './alarm-change.ts';
import { type LogSource, readLines } from './log-source.ts';
import { lineText, parsedLine } from './rejection.ts';

/** Who has used at least 80 % of a limit per day, week or month. */
export interface NearQuota {
  /** `client:ID` or `address:IP`, as the command line takes it. */
  readonly subject: string;
  readonly limit: string;
  /** Units, when the line was written. */
  readonly used: number;
  readonly allowed: number;
  /** When the period ends, ISO 8601. */
  readonly resetAt?: string;
}

export interface NearQuotas {
  /** As they crossed the line, at most 20. */
  readonly found: readonly NearQuota[];
  /** How many there are, those that have no line of their own among them. */
  readonly count: number;
  readonly incomplete?: string;
}

const MOST = 20;
const WHOLE = (value: unknown): value is number =>
  typeof value === 'number' && Number.isSafeInteger(value) && value >= 0;

/** Reads who came near the end of a quota in a range of time. */
export async function readNearQuotas(source: LogSource, range: TimeRange): Promise<NearQuotas> {
  const found: NearQuota[] = [];
  let count = 0;
  const pattern = `{ $.event = "${QUOTA_NEAR_EVENT}" }`;
  const incomplete = await readLines(source, range, pattern, (line) => {
    const near = readNearQuota(line);
    if (near === undefined) return;
    count += near.represents;
    if (found.length < MOST) found.push(near.quota);
  });
  return { found, count, ...(incomplete !== undefined && { incomplete }) };
}

function readNearQuota(line: string): { readonly quota: NearQuota; readonly represents: number } | undefined {
  const record = parsedLine(line);
  if (record?.event !== QUOTA_NEAR_EVENT) return undefined;
  const { used, allowed, represents } = record;
  const [subject, limit, resetAt] = [lineText(record.subject), lineText(record.limit), lineText(record.resetAt)];
  if (subject === undefined || limit === undefined || !WHOLE(used) || !WHOLE(allowed) || allowed === 0)
    return undefined;
  const quota = { subject, limit, used, allowed, ...(resetAt !== undefined && { resetAt }) };
  return { quota, represents: WHOLE(represents) && represents > 0 ? Math.min(represents, 1e9) : 1 };
}
