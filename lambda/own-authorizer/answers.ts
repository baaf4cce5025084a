import { isHttpApiEvent } from '../authorizer/http-api.ts';
import { restAnswer } from '../authorizer/rest.ts';
import type { AuthorizerContext } from '../http/context.ts';
import type { Caller } from '../identity/caller.ts';
import { member, record } from '../request/request-text.ts';

/** An authorizer's answer: a policy (`principalId`, `policyDocument`) or a simple response (`isAuthorized`). */
export type OwnAnswer = Readonly<Record<string, unknown>>;

/** API Gateway answers 401 to exactly this message of an error. */
export class UnauthorizedError extends Error {
  constructor() {
    super('Unauthorized');
    this.name = 'Unauthorized';
    // It is an answer, not a fault: a stack in the log would tell nothing.
    this.stack = 'Unauthorized';
  }
}

/** Whether an authorizer has thrown what API Gateway takes for a 401. */
export const isUnauthorized = (error: unknown): boolean =>
  member(error, 'message') === 'Unauthorized' || (error instanceof Error && error.message === 'Unauthorized');

/** Whether an authorizer lets its caller through: somewhere at least, where it answers with a policy. */
export function letsThrough(answer: unknown): boolean {
  if (member(answer, 'isAuthorized') === true) return true;
  const statements = member(answer, 'policyDocument', 'Statement');
  return [statements].flat().some((statement) => member(statement, 'Effect') === 'Allow');
}

/** What of an authorizer's own context reaches the backend beside Headgate's. */
const contextIn = (answer: unknown): OwnAnswer => record(member(answer, 'context')) ?? {};

/** The answer with the verdict in its context. What the authorizer has set itself, under whatever name, stays. */
export function withContext(answer: unknown, context: AuthorizerContext): OwnAnswer {
  return { ...(answer as OwnAnswer), context: { ...context, ...contextIn(answer) } };
}

/** The same where the backend's middleware shall answer 429: it must find the verdict, so Headgate's names win. */
export function withLimitedContext(answer: unknown, context: AuthorizerContext): OwnAnswer {
  return { ...(answer as OwnAnswer), context: { ...contextIn(answer), ...context } };
}

/**
 * Turns a limited request away.
 *
 * @param simple whether an HTTP API takes simple responses from the authorizer
 */
export function denied(event: unknown, caller: Caller, context: AuthorizerContext, simple: boolean): OwnAnswer {
  if (isHttpApiEvent(event) && simple) return { isAuthorized: false, context };
  return { ...restAnswer(event, caller, { ...context, verdict: 'limited' }), context };
}

/** The same, saying of its caller what the authorizer has said. The gateway response reads the verdict, so its names win. */
export function deniedAfter(denial: OwnAnswer, answer: unknown): OwnAnswer {
  const principalId = member(answer, 'principalId');
  return {
    ...denial,
    ...(denial.principalId !== undefined && typeof principalId === 'string' && { principalId }),
    context: { ...contextIn(answer), ...contextIn(denial) },
  };
}

/** @throws UnauthorizedError on a REST API: a Deny would read 429 */
export function blocked(event: unknown, caller: Caller, simple: boolean): OwnAnswer {
  if (!isHttpApiEvent(event)) throw new UnauthorizedError();
  return denied(event, caller, {}, simple);
}
