import { HeadgateError } from '../errors/headgate-error.ts';

/** HG320: the registry table could not be read. Callers that it would have named are answered as design and policy say. */
export class RegistryError extends HeadgateError {
  constructor(what: string, cause?: unknown) {
    // The kind of the cause only: messages of AWS can hold account ids and parts of a request.
    const kind = cause instanceof Error ? ` (${cause.name})` : '';
    super('HG320', `the registry table could not be read: ${what}${kind}`, cause === undefined ? {} : { cause });
  }
}
