import type { HeaderStyle } from '../policy/policy.ts';
import { type AuthorizerContext, CONTEXT, type ContextKey } from './context.ts';

/** The names of the headers; `Access-Control-Expose-Headers` lists them. */
export const HEADERS = {
  limit: 'X-RateLimit-Limit',
  remaining: 'X-RateLimit-Remaining',
  reset: 'X-RateLimit-Reset',
  retryAfter: 'Retry-After',
  policyField: 'RateLimit-Policy',
  stateField: 'RateLimit',
} as const;

export const EXPOSED_HEADERS: readonly string[] = [HEADERS.limit, HEADERS.remaining, HEADERS.reset, HEADERS.retryAfter];

/** What `Access-Control-Expose-Headers` must list under a policy's `headers`. */
export function exposedHeaders(styles: readonly HeaderStyle[] | undefined): readonly string[] {
  return styles?.includes('ratelimit')
    ? [...EXPOSED_HEADERS, HEADERS.policyField, HEADERS.stateField]
    : EXPOSED_HEADERS;
}

/** What a policy that says nothing about `headers` means. */
export const DEFAULT_STYLES: readonly HeaderStyle[] = ['x-ratelimit'];

type Name = (typeof HEADERS)[keyof typeof HEADERS];

/** The headers that tell where the caller stands, on every answer, by the context value that each has. */
export function headersOfStyles(
  styles: readonly HeaderStyle[] = DEFAULT_STYLES,
): readonly (readonly [Name, ContextKey])[] {
  return [
    ...(styles.includes('x-ratelimit')
      ? ([
          [HEADERS.limit, CONTEXT.limit],
          [HEADERS.remaining, CONTEXT.remaining],
          [HEADERS.reset, CONTEXT.reset],
        ] as const)
      : []),
    ...(styles.includes('ratelimit')
      ? ([
          [HEADERS.policyField, CONTEXT.policyField],
          [HEADERS.stateField, CONTEXT.stateField],
        ] as const)
      : []),
  ];
}

/** The same for what one answer carries. */
export const exposedHeadersOf = ({ stateField }: AuthorizerContext): readonly string[] =>
  exposedHeaders(stateField === undefined ? undefined : ['ratelimit']);

/** The headers of an answer. A value that the verdict does not have is left out. */
export function rateLimitHeadersOf(context: AuthorizerContext): Record<string, string> {
  const headers: Record<string, string> = {};
  const put = (name: string, value: string | undefined): void => {
    if (value !== undefined) headers[name] = value;
  };
  put(HEADERS.limit, context.limit);
  put(HEADERS.remaining, context.remaining);
  put(HEADERS.reset, context.reset);
  put(HEADERS.policyField, context.policyField);
  put(HEADERS.stateField, context.stateField);
  if (context.verdict === 'limited') put(HEADERS.retryAfter, context.retryAfter);
  return headers;
}
