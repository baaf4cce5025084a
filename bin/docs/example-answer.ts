import { type RateLimitProblem, rateLimitProblem } from '../../lambda/http/problem.ts';
import { rateLimitHeadersOf } from '../../lambda/http/rate-limit-headers.ts';
import { contextOf } from '../../lambda/http/verdict-context.ts';
import type { LimitStatus } from '../../lambda/limiter/verdict.ts';
import { sizeOf } from '../../lambda/policy/budget.ts';
import type { PublicPolicy } from './public-policy.ts';

/** How long the caller of the example has to wait. */
export const RETRY_SECONDS = 17;
/** 2027-01-15T08:00:00Z: an example must not change with the day on which it is made. */
const NOW = 1_800_000_000_000;

export interface ExampleAnswer {
  readonly problem: RateLimitProblem;
  readonly headers: Readonly<Record<string, string>>;
}

/** A 429 as the functions make it, of the policy's first limit. */
export function sampleOf({ limits, tiers, headers }: PublicPolicy): ExampleAnswer {
  const limit = limits[0];
  const budget = limit?.budgets[tiers[0]!];
  const binding: LimitStatus = {
    name: limit?.name ?? 'all',
    subject: 'client:you',
    mode: 'enforce',
    limit: budget ? sizeOf(budget) : 60,
    windowMs: budget?.windowMs ?? 60_000,
    remaining: 0,
    resetAt: NOW + Math.max(RETRY_SECONDS * 1000, budget?.windowMs ?? 60_000),
    allowed: false,
    retryAt: NOW + RETRY_SECONDS * 1000,
  };
  const verdict = { allowed: false, limits: [binding], binding, retryAt: binding.retryAt!, writes: 0 };
  const context = contextOf(verdict, { tier: tiers[0]! }, NOW, headers);
  return { problem: rateLimitProblem(context), headers: rateLimitHeadersOf(context) };
}

export const headerExamples = (policy: PublicPolicy): readonly { readonly name: string; readonly value: string }[] =>
  Object.entries(sampleOf(policy).headers).map(([name, value]) => ({ name, value }));
