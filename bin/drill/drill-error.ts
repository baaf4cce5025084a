import { HeadgateError } from '../../lambda/errors/headgate-error.ts';

/** HG280: the alarm cannot be rehearsed: it does not exist, or nobody would be told of it. */
export class NothingToRehearseError extends HeadgateError {
  constructor(problem: string) {
    super('HG280', problem);
  }
}

/** HG281: the alarm is on already, so that setting it off would change nothing. */
export class AlarmIsOnError extends HeadgateError {
  constructor(alarm: string) {
    super(
      'HG281',
      `the alarm ${alarm} is on: this is no time for a drill. \`npx headgate status\` says what is going on`,
    );
  }
}

/** HG282: the drill is over, and something of it is left. */
export class LeftBehindError extends HeadgateError {
  /** @param left each with what failed */
  constructor(left: readonly string[]) {
    super('HG282', `not everything of the drill could be put back: ${left.join('; ')}`);
  }
}

/** HG283: CloudWatch, SNS or SQS refused a step of the drill. */
export class DrillRefusedError extends HeadgateError {
  constructor(step: string, cause: unknown) {
    const why = cause instanceof Error ? `${cause.name}: ${cause.message}` : String(cause);
    super('HG283', `could not ${step}: ${why}`, { cause });
  }
}
