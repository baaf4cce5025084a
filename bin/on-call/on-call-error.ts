import { HeadgateError } from '../../lambda/errors/headgate-error.ts';
import { safeText } from '../../lambda/http/header-value.ts';

/** HG270: this override would not do: no such limit, or its algorithm cannot count that rate. */
export class OverrideError extends HeadgateError {
  constructor(problem: string) {
    super('HG270', problem);
  }
}

/** HG271: it is not known in which table the gate counts. */
export class CountersTableError extends HeadgateError {
  constructor(problem: string) {
    super('HG271', `${problem}. Name it with --stack STACK, or --counters TABLE and --registry TABLE`);
  }
}

/** HG272: nobody could tell who is limited. */
export class NoSourceError extends HeadgateError {
  constructor(problems: readonly string[]) {
    super('HG272', `who is limited could not be found out: ${problems.join('; ')}`);
  }
}

/** HG273: the policy that is deployed cannot be read from the authorizer's function. */
export class DeployedPolicyError extends HeadgateError {
  constructor(cause: unknown) {
    const reason =
      cause instanceof Error ? `${cause.name === 'Error' ? '' : `${cause.name}: `}${cause.message}` : cause;
    // One sentence on one line, whatever the service says; it holds no address of the code, which is a credential.
    super('HG273', `the deployed policy could not be read: ${safeText(String(reason)).slice(0, 400)}`, { cause });
  }
}
