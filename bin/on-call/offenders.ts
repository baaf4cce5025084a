import type { CloudWatchClient } from '@aws-sdk/client-cloudwatch';
import type { CloudWatchLogsClient } from '@aws-sdk/client-cloudwatch-logs';
import type { Evidence } from '../../lambda/report/evidence.ts';
import { readInsights } from '../../lambda/report/insight-source.ts';
import { type Kind, kindOf } from '../../lambda/report/kind.ts';
import { readLog } from '../../lambda/report/log-source.ts';
import { describe } from '../../lambda/report/make-report.ts';
import type { Offender } from '../../lambda/report/report.ts';
import { NoSourceError } from './on-call-error.ts';

export interface OffendersParts {
  readonly gate: string;
  readonly cloudwatch: Pick<CloudWatchClient, 'send'>;
  readonly logs: Pick<CloudWatchLogsClient, 'send'>;
  /** The authorizer's log group, where it is known. */
  readonly logGroup?: string | undefined;
  /** Those of functions with limits of their own. */
  readonly ownLogGroups?: readonly string[] | undefined;
  /** Milliseconds since the epoch. */
  readonly clock: () => number;
}

/** Who was turned away in a range of time. Times are ISO 8601. */
export interface Offenders {
  readonly gate: string;
  readonly from: string;
  readonly to: string;
  /** Contributor Insights counts limited requests; the rejection log has those of blocked callers too. */
  readonly source: Evidence['source'];
  readonly kind: Kind;
  /** Requests that were turned away. */
  readonly requests: number;
  readonly subjects: number;
  readonly subjectsAtLeast?: true;
  /** The heaviest first. */
  readonly offenders: readonly Offender[];
  /** What could not be found out, a sentence each. */
  readonly missing: readonly string[];
}

/** The log is read for so long, ms. */
const PATIENCE = 20_000;

/**
 * Asks Contributor Insights, and the rejection log where that fails or has found nobody: it shows a request some seconds
 * after it came, the rules a minute or two.
 *
 * @throws NoSourceError (HG272) where neither answers
 */
export async function findOffenders(parts: OffendersParts, sinceSeconds: number): Promise<Offenders> {
  const { gate, cloudwatch, logs, logGroup, ownLogGroups, clock } = parts;
  const to = clock();
  const range = { from: to - sinceSeconds * 1000, to };
  const missing: string[] = [];
  const attempt = async (name: string, read: () => Promise<Evidence>): Promise<Evidence | undefined> => {
    try {
      return await read();
    } catch (error) {
      missing.push(`${name} could not be asked: ${describe(error)}`);
      return undefined;
    }
  };
  let evidence = await attempt('Contributor Insights', () => readInsights(cloudwatch, gate, range, true));
  if (!evidence || evidence.total === 0) {
    if (logGroup === undefined)
      missing.push('The stack has no output that names the log of rejections: deploy it again');
    else {
      const source = { client: logs, logGroup, ownLogGroups, clock, patience: PATIENCE };
      evidence = (await attempt('The rejection log', () => readLog(source, range))) ?? evidence;
    }
  }
  if (!evidence) throw new NoSourceError(missing);
  const { source, total, subjects, subjectsAtLeast, offenders, incomplete } = evidence;
  const share = (requests: number) => (total === 0 ? 0 : Math.round((1000 * requests) / total) / 10);
  return {
    gate,
    from: new Date(range.from).toISOString(),
    to: new Date(range.to).toISOString(),
    source,
    kind: kindOf('limited', evidence),
    requests: total,
    subjects,
    ...(subjectsAtLeast && { subjectsAtLeast }),
    offenders: offenders.map(({ since, ...offender }) => ({
      ...offender,
      sharePercent: share(offender.requests),
      ...(since !== undefined && { since: new Date(since).toISOString() }),
    })),
    missing: incomplete === undefined ? missing : [...missing, incomplete],
  };
}
