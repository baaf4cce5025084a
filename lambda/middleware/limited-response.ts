import type { AuthorizerContext } from '../http/context.ts';
import { PROBLEM_CONTENT_TYPE, rateLimitProblem } from '../http/problem.ts';
import type { ProxyResponse } from './add-headers.ts';

/** The 429 that is answered in a handler's place, without the verdict's headers. */
export function limitedResponse(
  context: AuthorizerContext,
  more: Readonly<Record<string, string>> | undefined,
): ProxyResponse {
  return {
    statusCode: 429,
    headers: { 'content-type': PROBLEM_CONTENT_TYPE, 'cache-control': 'no-store', ...more },
    body: JSON.stringify(rateLimitProblem(context)),
    isBase64Encoded: false,
  };
}

/** The 403 for a blocked caller. It does not say why. */
export function forbiddenResponse(more: Readonly<Record<string, string>> | undefined): ProxyResponse {
  return {
    statusCode: 403,
    headers: { 'content-type': PROBLEM_CONTENT_TYPE, 'cache-control': 'no-store', ...more },
    body: JSON.stringify({ type: 'about:blank', title: 'Forbidden', status: 403 }),
    isBase64Encoded: false,
  };
}
