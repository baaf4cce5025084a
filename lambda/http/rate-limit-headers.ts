import type { AuthorizerContext } from './context.ts';

/** The names of the headers; `Access-Control-Expose-Headers` lists them. */
export const HEADERS = {
  limit: 'X-RateLimit-Limit',
  remaining: 'X-RateLimit-Remaining',
  reset: 'X-RateLimit-Reset',
  retryAfter: 'Retry-After',
} as const;

export const EXPOSED_HEADERS: readonly string[] = Object.values(HEADERS);

/** The headers of an answer. A value that the verdict does not have is left out. */
export function rateLimitHeadersOf(context: AuthorizerContext): Record<string, string> {
  const headers: Record<string, string> = {};
  const put = (name: string, value: string | undefined): void => {
    if (value !== undefined) headers[name] = value;
  };
  put(HEADERS.limit, context.limit);
  put(HEADERS.remaining, context.remaining);
  put(HEADERS.reset, context.reset);
  if (context.verdict === 'limited') put(HEADERS.retryAfter, context.retryAfter);
  return headers;
}
