import { HeadgateError } from '../lambda/errors/headgate-error.ts';

/** Stable codes of what can go wrong with the local AWS. */
export const LOCAL_AWS_ERRORS = {
  /** This operating system, or no Python that is new enough and complete. */
  python: 'HG290',
  /** MiniStack could not be installed. */
  install: 'HG291',
  /** The port that was asked for is taken. */
  port: 'HG292',
  /** MiniStack did not come up, or ended early. */
  server: 'HG293',
  /** `cdk bootstrap` or `cdk deploy` failed. */
  cdk: 'HG294',
} as const;

/** What went wrong with the local AWS, as a sentence that says what to do. */
export class LocalAwsError extends HeadgateError {
  constructor(kind: keyof typeof LOCAL_AWS_ERRORS, message: string, options?: ErrorOptions) {
    super(LOCAL_AWS_ERRORS[kind], message, options);
  }
}
