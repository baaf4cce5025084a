import type { ProxyResponse } from './add-headers.ts';

/**
 * A handler's result as a response with headers; undefined where it cannot have any.
 *
 * An HTTP API takes anything without a `statusCode` for the body of a 200 in JSON, so that is what it becomes here. A
 * REST API refuses what is no object, and so it is left to be refused.
 */
export function asProxyResponse(result: unknown, isHttpApi: boolean): ProxyResponse | undefined {
  const isObject = typeof result === 'object' && result !== null && !Array.isArray(result);
  if (isObject && (!isHttpApi || 'statusCode' in result)) return result as ProxyResponse;
  if (!isHttpApi) return undefined;
  return {
    statusCode: 200,
    headers: { 'content-type': 'application/json' },
    body: typeof result === 'string' ? result : JSON.stringify(result ?? null),
    isBase64Encoded: false,
  };
}
