import { HeadgateError } from '../../lambda/errors/headgate-error.ts';

/** HG230: it is not known which table is the registry. */
export class RegistryTableError extends HeadgateError {
  constructor(problem: string) {
    super(
      'HG230',
      `${problem}. Name it with --stack STACK, --registry TABLE, or the environment variable HEADGATE_REGISTRY_TABLE`,
    );
  }
}

/** HG231: a client, key or block exists where it must not, or does not where it must. */
export class RegistryEntryError extends HeadgateError {
  constructor(problem: string) {
    super('HG231', problem);
  }
}

/** HG232: somebody changed the same entry at the same time; nothing was written. */
export class RegistryConflictError extends HeadgateError {
  constructor(what: string) {
    super(
      'HG232',
      `${what} was changed by somebody else at the same time; nothing was written. Look at it and try again`,
    );
  }
}
