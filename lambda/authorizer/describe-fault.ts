import { HeadgateError } from '../errors/headgate-error.ts';

/**
 * What the log may say of an error: the message of our own errors, which never hold a key, and of others only the kind.
 * Messages of the SDK and of the runtime can repeat parts of a request.
 */
export function describeFault(error: unknown): Record<string, string> {
  if (error instanceof HeadgateError) return { code: error.code, problem: error.message };
  if (!(error instanceof Error)) return { problem: 'unknown error' };
  const place = /\(?([^\s(/]+:\d+:\d+)\)?$/m.exec(error.stack ?? '')?.[1];
  return { problem: error.name, ...(place === undefined ? {} : { place }) };
}
