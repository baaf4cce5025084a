import type { StoreError } from '../limiter/store-error.ts';
import { StoreThrottledError, StoreUnavailableError } from './store-error.ts';

/**
 * Refusals for the rate of requests. They are answers, and quick ones: asking again at once makes them more.
 *
 * @see https://docs.aws.amazon.com/amazondynamodb/latest/developerguide/Programming.Errors.html
 */
const THROTTLES = new Set([
  'ProvisionedThroughputExceededException',
  'RequestLimitExceeded',
  'ThrottlingException',
  'LimitExceededException',
]);

/** A connection that died under a request, as those do that lay open while a container was frozen. */
const LOST_CONNECTION = new Set(['ECONNRESET', 'EPIPE', 'ECONNABORTED']);

/** What an error of the AWS SDK means for a decision. */
export function storeErrorOf(error: unknown): StoreError {
  const { name, code, status } = partsOf(error);
  if (THROTTLES.has(name)) return new StoreThrottledError(error);
  return new StoreUnavailableError(error, LOST_CONNECTION.has(code) || status >= 500);
}

/** By shape and not by class: errors may come from another copy of the SDK, or another realm. */
function partsOf(error: unknown): { name: string; code: string; status: number } {
  const { name, code, $metadata } = (error ?? {}) as Partial<Record<'name' | 'code', unknown>> & {
    $metadata?: { httpStatusCode?: number };
  };
  return {
    name: typeof name === 'string' ? name : '',
    code: typeof code === 'string' ? code : '',
    status: $metadata?.httpStatusCode ?? 0,
  };
}
