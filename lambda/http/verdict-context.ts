import type { Verdict } from '../limiter/verdict.ts';
import { type AuthorizerContext, CONTEXT } from './context.ts';
import { safeText, wholeNumber } from './header-value.ts';

/**
 * What the authorizer hands on: strings only, bounded, without anything that could end a header or a JSON string.
 *
 * @param now milliseconds since the epoch, on the clock of the verdict's times
 */
export function contextOf(
  verdict: Verdict,
  caller: { readonly client?: string; readonly tier: string },
  now: number,
): AuthorizerContext {
  const { binding } = verdict;
  const context: AuthorizerContext = {
    [CONTEXT.verdict]: verdict.allowed ? 'allowed' : 'limited',
    [CONTEXT.tier]: safeText(caller.tier),
    ...(caller.client === undefined ? {} : { [CONTEXT.client]: safeText(caller.client) }),
  };
  if (binding) {
    context[CONTEXT.limit] = wholeNumber(binding.limit);
    context[CONTEXT.remaining] = wholeNumber(verdict.allowed ? binding.remaining : 0);
    context[CONTEXT.reset] = wholeNumber(Math.ceil(binding.resetAt / 1000));
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
