import { HeadgateError } from '../errors/headgate-error.ts';

/** HG330: an environment variable of the function is missing; the constructs set it. */
export class MissingEnvironmentError extends HeadgateError {
  constructor(name: string) {
    super('HG330', `the environment variable ${name} is missing or empty`);
  }
}

/**
 * HG332: the caller carries a key or a token, identity is demanded (`anonymous: reject`), and it cannot be checked. API
 * Gateway answers 500: a 401 would tell a client with a valid key that it is not valid.
 */
export class IdentityUnavailableError extends HeadgateError {
  constructor() {
    super('HG332', "the registry or the keys of a token's issuer cannot be read, so it is not known who is calling");
  }
}
