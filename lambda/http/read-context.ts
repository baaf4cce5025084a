import { type AuthorizerContext, CONTEXT, type ContextKey } from './context.ts';
import { safeText } from './header-value.ts';
import { isRateLimitField } from './rate-limit-fields.ts';

const FIELDS: ReadonlySet<ContextKey> = new Set([CONTEXT.policyField, CONTEXT.stateField]);
const NUMBERS: ReadonlySet<ContextKey> = new Set(['limit', 'remaining', 'reset', 'retryAfter']);

/**
 * The verdict in an event's `requestContext.authorizer` (REST) or its `.lambda` (HTTP API); undefined where there is
 * none, as on a route that is not protected. Values that the authorizer cannot have written are left out.
 */
export function readContext(requestContext: unknown): AuthorizerContext | undefined {
  const authorizer = member(requestContext, 'authorizer');
  for (const source of [member(authorizer, 'lambda'), authorizer]) {
    const verdict = member(source, CONTEXT.verdict);
    if (verdict !== 'allowed' && verdict !== 'limited') continue;
    const context: AuthorizerContext = { verdict };
    for (const key of Object.values(CONTEXT)) {
      const value = member(source, key);
      const text = typeof value === 'number' ? String(value) : value;
      if (key === CONTEXT.verdict || typeof text !== 'string') continue;
      if (FIELDS.has(key)) {
        if (isRateLimitField(text)) context[key] = text;
      } else if (NUMBERS.has(key) ? /^\d{1,16}$/.test(text) : true) context[key] = safeText(text);
    }
    return context;
  }
  return undefined;
}

function member(value: unknown, key: string): unknown {
  return typeof value === 'object' && value !== null ? (value as Record<string, unknown>)[key] : undefined;
}
