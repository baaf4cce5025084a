import { HeadgateError } from '../errors/headgate-error.ts';

/** What can keep a report from being whole, and the stable code of each. */
export const REPORT_CODES = {
  /** The event is no alarm of this gate. */
  event: 'HG350',
  insights: 'HG351',
  log: 'HG352',
  publish: 'HG353',
  /** A fault of our own while the report was made. */
  fault: 'HG354',
} as const;

export class ReportError extends HeadgateError {
  constructor(kind: keyof typeof REPORT_CODES, message: string, options?: ErrorOptions) {
    super(REPORT_CODES[kind], message, options);
  }
}
