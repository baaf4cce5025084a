import type { HeaderStyle } from '../policy/policy.ts';
import { CONTEXT } from './context.ts';
import { PROBLEM_CONTENT_TYPE } from './problem.ts';
import { HEADERS, headersOfStyles } from './rate-limit-headers.ts';

/** An answer that a REST API gives itself, as Headgate wants it. */
export interface GatewayAnswer {
  /** API Gateway's response type. */
  readonly type: 'ACCESS_DENIED' | 'UNAUTHORIZED' | 'THROTTLED' | 'QUOTA_EXCEEDED';
  readonly status: number;
  /** By header: a constant in single quotes, or `context.authorizer.<name>`. */
  readonly headers: Readonly<Record<string, string>>;
  /** Registered for `application/json`: API Gateway picks a template by the request's Accept and falls back to that one. */
  readonly body: string;
}

/** What API Gateway puts into a gateway response: no template language, only `$context` variables, as they are. */
const contextValue = (name: string): string => `$context.authorizer.${name}`;
const fromContext = (name: string): string => `context.authorizer.${name}`;
const contentType = { 'Content-Type': `'${PROBLEM_CONTENT_TYPE}'` };

function problem(status: number, title: string, detail: string, more: Record<string, string> = {}): string {
  return JSON.stringify({ type: 'about:blank', title, status, detail, ...more });
}

/**
 * Our 429 in place of `ACCESS_DENIED`'s 403, and the same form for the 401 and for the coarse layer's 429s.
 *
 * @param styles the policy's `headers`: a header whose value the authorizer does not give must not be mapped
 */
export const gatewayAnswers = (styles?: readonly HeaderStyle[]): readonly GatewayAnswer[] => [
  {
    type: 'ACCESS_DENIED',
    status: 429,
    headers: {
      ...contentType,
      [HEADERS.retryAfter]: fromContext(CONTEXT.retryAfter),
      ...Object.fromEntries(headersOfStyles(styles).map(([header, key]) => [header, fromContext(key)])),
    },
    // The RFC 9457 body that the middleware sends too. Every variable stands inside quotes: a missing one becomes an
    // empty string instead of a broken document.
    body: problem(429, 'Too Many Requests', contextValue(CONTEXT.detail), {
      limit: contextValue(CONTEXT.limitName),
      retryAfter: contextValue(CONTEXT.retryAfter),
    }),
  },
  {
    type: 'UNAUTHORIZED',
    status: 401,
    headers: contentType,
    body: problem(401, 'Unauthorized', 'The request carries no identity that is allowed here.'),
  },
  {
    type: 'THROTTLED',
    status: 429,
    // The gateway's buckets refill every second.
    headers: { ...contentType, [HEADERS.retryAfter]: "'1'" },
    body: problem(429, 'Too Many Requests', "The API, or your key's plan, is over its rate. Try again in a second.", {
      retryAfter: '1',
    }),
  },
  {
    type: 'QUOTA_EXCEEDED',
    status: 429,
    // A quota runs for a day, a week or a month and API Gateway does not say how much of it is left.
    headers: { ...contentType, [HEADERS.retryAfter]: "'3600'" },
    body: problem(429, 'Too Many Requests', "The quota of your key's plan is used up.", { retryAfter: '3600' }),
  },
];

/** The answers under a policy that says nothing about `headers`. */
export const GATEWAY_ANSWERS: readonly GatewayAnswer[] = gatewayAnswers();
