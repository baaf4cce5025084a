import { HeadgateError } from '../../lambda/errors/headgate-error.ts';

/** HG233: the usage plan that a key belongs into is not found. */
export class UsagePlanError extends HeadgateError {
  constructor(problem: string) {
    super('HG233', problem);
  }
}

/** HG234: a key of API Gateway could not be made or changed; the message says what has been done and what has not. */
export class GatewayKeyError extends HeadgateError {
  constructor(problem: string, options?: ErrorOptions) {
    super('HG234', problem, options);
  }
}
