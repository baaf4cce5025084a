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

function partsOf(error: unknown): { name: string; code: string; status: number } {
  if (!(error instanceof Error)) return { name: '', code: '', status: 0 };
  const { code, cause, $metadata } = error as {
    code?: unknown;
    cause?: unknown;
    $metadata?: { httpStatusCode?: number };
  };
  const inner = cause instanceof Error ? (cause as { code?: unknown }).code : undefined;
  const text = typeof code === 'string' ? code : typeof inner === 'string' ? inner : '';
  return { name: error.name, code: text, status: $metadata?.httpStatusCode ?? 0 };
}
