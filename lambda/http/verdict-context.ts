import type { Verdict } from '../limiter/verdict.ts';
import type { HeaderStyle } from '../policy/policy.ts';
import { type AuthorizerContext, CONTEXT } from './context.ts';
import { safeText, wholeNumber } from './header-value.ts';
import { rateLimitFields } from './rate-limit-fields.ts';
import { DEFAULT_STYLES } from './rate-limit-headers.ts';

/**
 * What the authorizer hands on: strings only, bounded, without anything that could end a header or a JSON string.
 *
 * @param now milliseconds since the epoch, on the clock of the verdict's times
 * @param styles the policy's `headers`: values of headers that it does not want are left out
 */
export function contextOf(
  verdict: Verdict,
  caller: { readonly client?: string; readonly tier: string },
  now: number,
  styles: readonly HeaderStyle[] = DEFAULT_STYLES,
): AuthorizerContext {
  const { binding } = verdict;
  const context: AuthorizerContext = {
    [CONTEXT.verdict]: verdict.allowed ? 'allowed' : 'limited',
    [CONTEXT.tier]: safeText(caller.tier),
    ...(caller.client === undefined ? {} : { [CONTEXT.client]: safeText(caller.client) }),
  };
  if (binding && styles.includes('x-ratelimit')) {
    context[CONTEXT.limit] = wholeNumber(binding.limit);
    context[CONTEXT.remaining] = wholeNumber(verdict.allowed ? binding.remaining : 0);
    context[CONTEXT.reset] = wholeNumber(Math.ceil(binding.resetAt / 1000));
  }
  const fields = styles.includes('ratelimit') ? rateLimitFields(verdict.limits, now) : undefined;
  if (fields) {
    context[CONTEXT.policyField] = fields.policy;
    context[CONTEXT.stateField] = fields.state;
  }
  if (binding) {
    context[CONTEXT.limitName] = safeText(binding.name);
  }
  if (!verdict.allowed) {
    const retryAfter = retryAfterSeconds(verdict, now);
    context[CONTEXT.retryAfter] = wholeNumber(retryAfter);
    context[CONTEXT.detail] = detailOf(verdict, retryAfter);
  }
  return context;
}

/** Whole seconds, rounded up, at least 1: the earliest whole second at which the same request could pass. */
export function retryAfterSeconds(verdict: Verdict, now: number): number {
  return Math.max(1, Math.ceil(((verdict.retryAt ?? now) - now) / 1000));
}

function detailOf(verdict: Verdict, retryAfter: number): string {
  const limit = verdict.binding ? `The limit '${safeText(verdict.binding.name)}'` : 'A limit';
  const what = verdict.failure === undefined ? 'is used up' : 'cannot be checked at present';
  return `${limit} ${what}. Try again in ${retryAfter} ${retryAfter === 1 ? 'second' : 'seconds'}.`;
}
