import { HeadgateError } from '../../errors/headgate-error.ts';

/** HG333: the public keys of a token issuer could not be fetched; those that are known stay in force for a day. */
export class IssuerKeysError extends HeadgateError {
  /** @param problem never holds what a caller or the issuer sent, apart from the HTTP status */
  constructor(uri: string, problem: string, cause?: unknown) {
    super('HG333', `the keys at ${uri} could not be fetched: ${problem}`, cause === undefined ? {} : { cause });
  }
}
