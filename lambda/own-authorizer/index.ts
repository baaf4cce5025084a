// The public face of `headgate/authorizer`: limits around an authorizer that is not Headgate's.
import { isGranted, partsFromEnvironment } from './from-environment.ts';
import {
  createOwnAuthorizer,
  type Limited,
  type OwnAuthorizerParts,
  type OwnHandler,
  type WithRateLimitOptions,
} from './own-authorizer.ts';
import type { Who } from './passage.ts';

export { MissingEnvironmentError } from '../authorizer/authorizer-error.ts';
export type { AuthorizerContext } from '../http/context.ts';
export type { Verdict } from '../limiter/index.ts';
export { PolicyFileError } from '../policy/load-policy.ts';
export type { OwnAnswer } from './answers.ts';
export type { Limited, OwnHandler, WithRateLimitOptions } from './own-authorizer.ts';
export type { Who } from './passage.ts';

let made: Promise<OwnAuthorizerParts> | undefined;

/** One for each container. A failure is not kept: the next request may find what was missing. */
function parts(): Promise<OwnAuthorizerParts> {
  made ??= partsFromEnvironment().catch((error) => {
    made = undefined;
    throw error;
  });
  return made;
}

const shared = createOwnAuthorizer(parts);

/**
 * Puts limits around an authorizer of a REST API (TOKEN or REQUEST; it answers with a policy or throws `Unauthorized`) or of
 * an HTTP API (simple responses or policies). `gate.grantLimit(fn)` gives the function what this needs.
 *
 * Before it runs its caller's address is counted (limits `per: address`); after it, whom it has named (all others). One
 * request, one verdict, each limit once. Its own context stays; the verdict stands beside it, for the gateway's answers
 * and the middleware in the backend.
 *
 * ```ts
 * export const handler = withRateLimit(authorize, {
 *   clientOf: (answer) => answer.context.userId,
 *   tierOf: (answer) => answer.context.plan,
 * });
 * ```
 *
 * The authorizer's results must not be cached: a cached answer is counted once and used many times.
 */
export function withRateLimit<Event, Context, Answer>(
  handler: OwnHandler<Event, Context, Answer>,
  options?: WithRateLimitOptions<NoInfer<Answer>, NoInfer<Event>>,
): (event: Event, context: Context) => Promise<Answer> {
  // At INIT, where Lambda gives more of a processor. The first request meets what goes wrong.
  if (isGranted()) void parts().catch(() => {});
  return shared.withRateLimit(handler, options);
}

/**
 * The same by hand: `limit(event)` counts by address, `limit(event, who)` by whom your authorizer has named; together they
 * are one verdict. `limit(event, who)` alone does both at once.
 *
 * ```ts
 * const early = await limit(event);
 * if (!early.allowed) return early.turnAway();
 * const user = await check(event);
 * const { allowed, context, turnAway } = await limit(event, { client: user.id, tier: user.plan });
 * if (!allowed) return turnAway();
 * return { ...allow(user), context: { ...context, userId: user.id } };
 * ```
 *
 * @param event the very object that the function was called with
 */
export function limit(event: unknown, who?: Who): Promise<Limited> {
  return shared.limit(event, who);
}
