import { CONTEXT } from '../../lambda/http/context.ts';

/** What API Gateway puts into a gateway response: no template language, only `$context` variables, as they are. */
const contextValue = (name: string): string => `$context.authorizer.${name}`;

/**
 * The RFC 9457 body of a 429 of ours, the same that the middleware sends. Every variable stands inside quotes: a missing
 * one becomes an empty string instead of a broken document.
 */
export const LIMITED_BODY = problem(429, 'Too Many Requests', contextValue(CONTEXT.detail), {
  limit: contextValue(CONTEXT.limitName),
  retryAfter: contextValue(CONTEXT.retryAfter),
});

export function problem(status: number, title: string, detail: string, more: Record<string, string> = {}): string {
  return JSON.stringify({ type: 'about:blank', title, status, detail, ...more });
}
