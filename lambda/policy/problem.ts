import { HeadgateError } from '../errors/headgate-error.ts';

/** One thing that is wrong with a policy file, where, and how to mend it. */
export interface PolicyProblem {
  /** `HG102` and further; each has an entry in docs/reference/errors.md. */
  readonly code: string;
  /** A policy with a warning compiles; one with an error does not. */
  readonly severity: 'error' | 'warning';
  /** From 1. */
  readonly line: number;
  /** From 1. */
  readonly column: number;
  /** For example `limits.sign-in.rate`; empty for the file as a whole. */
  readonly path: string;
  /** What stands there, shortened; empty where something is missing or must not be shown. */
  readonly value: string;
  readonly message: string;
  /** What may stand there. */
  readonly allowed: string;
  /** What to write or do instead. */
  readonly mend: string;
}

/** HG101: the policy has errors. The message lists all of them. */
export class PolicyError extends HeadgateError {
  readonly file: string;
  readonly problems: readonly PolicyProblem[];

  constructor(file: string, problems: readonly PolicyProblem[]) {
    const errors = problems.filter(({ severity }) => severity === 'error');
    const count = errors.length === 1 ? '1 error' : `${errors.length} errors`;
    super('HG101', `${file} has ${count}:\n${errors.map((problem) => describeProblem(file, problem)).join('\n')}`);
    this.file = file;
    this.problems = problems;
  }
}

/** Some lines of plain text: place, code, message, what is allowed, the mend. */
export function describeProblem(file: string, problem: PolicyProblem): string {
  const { line, column, code, path, message, allowed, mend } = problem;
  return [
    `  ${file}:${line}:${column} ${code}${path === '' ? '' : ` ${path}`}: ${message}`,
    `      allowed: ${allowed}`,
    `      mend:    ${mend}`,
  ].join('\n');
}

/** What a check found wrong with one value, before it is known where the value stands. */
export interface Finding {
  readonly code: string;
  readonly message: string;
  readonly allowed: string;
  readonly mend: string;
}
