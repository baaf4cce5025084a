import type { AuthorizerContext } from './context.ts';

export const PROBLEM_CONTENT_TYPE = 'application/problem+json';

/** The body of a 429, RFC 9457. */
export interface RateLimitProblem {
  /** `about:blank`: the status says what kind of problem it is (RFC 9457, section 4.2.1). */
  readonly type: 'about:blank';
  readonly title: 'Too Many Requests';
  readonly status: 429;
  readonly detail: string;
  /** The limit's name in the policy. */
  readonly limit: string;
  /**
   * Whole seconds, as in Retry-After. A string, because a REST API's gateway response can only give strings safely and
   * callers should not have to tell the two kinds of API apart.
   */
  readonly retryAfter: string;
}

export function rateLimitProblem(context: AuthorizerContext): RateLimitProblem {
  return {
    type: 'about:blank',
    title: 'Too Many Requests',
    status: 429,
    detail: context.detail ?? 'A limit is used up.',
    limit: context.limitName ?? '',
    retryAfter: context.retryAfter ?? '1',
  };
}
