import type { Logger } from '@aws-lambda-powertools/logger';
import { readAlarmChange } from './alarm-change.ts';
import type { HttpsForm } from './environment.ts';
import { describe, makeReport, type ReportParts } from './make-report.ts';
import { fallbackMessage, type Message, messageOf } from './message.ts';
import { REPORT_CODES } from './report-error.ts';

export interface SendParts extends ReportParts {
  readonly https: HttpsForm;
  readonly publish: (message: Message) => Promise<void>;
  readonly logger: Pick<Logger, 'info' | 'error'>;
}

/**
 * Answers an alarm's event with one message. Where the report cannot be made, the message says so, with the alarm's name and
 * where to look: silence would read as "nothing to tell".
 *
 * @throws ReportError (HG350) for an event that is no alarm's, (HG353) where nothing can be published
 */
export async function sendReport(event: unknown, parts: SendParts): Promise<void> {
  const { gate, stack, logGroup, https, logger } = parts;
  const change = readAlarmChange(event, gate, parts.clock());
  if (!change) {
    logger.info('Not an alarm of this gate, or not going off', {});
    return;
  }
  let message: Message;
  try {
    const report = await makeReport(change, parts);
    message = messageOf(report, https);
    logger.info('Report', { alarm: change.name, kind: report.kind, missing: report.missing });
  } catch (error) {
    logger.error('The report could not be made', error as Error);
    const failure = `${REPORT_CODES.fault}: ${describe(error)}`;
    message = fallbackMessage({ gate, stack, alarm: change.name, failure, logGroup }, https);
  }
  await parts.publish(message);
}
