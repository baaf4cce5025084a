/**
 * The base of every error that Headgate raises on purpose.
 *
 * The code is stable and has an entry in docs/reference/errors.md: `HG1xx` is the policy, `HG2xx` deployment and the
 * command line, `HG3xx` run time. A message names the value and what is allowed, never a key or a token.
 */
export class HeadgateError extends Error {
  /** Stable, for example `HG101`. */
  readonly code: string;

  constructor(code: string, message: string, options?: ErrorOptions) {
    super(`${code}: ${message}`, options);
    this.name = new.target.name;
    this.code = code;
  }
}
