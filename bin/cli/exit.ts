import { HeadgateError } from '../../lambda/errors/headgate-error.ts';

/** What every command's exit code says. */
export const EXIT = {
  /** Done; for `validate`: the policy is right. */
  ok: 0,
  /** What was asked for could not be done, or the policy has errors. */
  failed: 1,
  /** The command line itself is wrong. */
  usage: 2,
} as const;
export type ExitCode = (typeof EXIT)[keyof typeof EXIT];

/** Ends a command that has already said everything. */
export class Exit extends Error {
  readonly exitCode: ExitCode;

  constructor(exitCode: ExitCode) {
    super(`exit ${exitCode}`);
    this.exitCode = exitCode;
  }
}

/** An argument or option that is not what it has to be: exit code 2. */
export class UsageError extends HeadgateError {
  /** HG201 is the code of them all. */
  constructor(message: string) {
    super('HG201', message);
  }
}

/** A file that cannot be read or written as asked: exit code 1. */
export class FileError extends HeadgateError {
  constructor(message: string, options?: ErrorOptions) {
    super('HG202', message, options);
  }
}
