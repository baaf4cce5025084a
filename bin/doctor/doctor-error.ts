import { HeadgateError } from '../../lambda/errors/headgate-error.ts';

/** HG260: it is not known which gate is meant, or there is none. */
export class GateNotFoundError extends HeadgateError {
  constructor(problem: string) {
    super('HG260', problem);
  }
}

/** HG261: the doctor itself failed. */
export class DoctorFailedError extends HeadgateError {
  constructor(problem: string, options?: ErrorOptions) {
    super('HG261', problem, options);
  }
}

/** HG262: no deployment has attached the gate to an API. */
export class NotAttachedError extends HeadgateError {
  constructor(gate: string) {
    super(
      'HG262',
      `the gate ${gate} is attached to no API: \`cdk deploy\` does that first, with the permissions that it takes`,
    );
  }
}
