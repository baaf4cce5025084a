import type { AuthorizerContext } from '../http/context.ts';
import { exposedHeadersOf, rateLimitHeadersOf } from '../http/rate-limit-headers.ts';
import { readContext } from '../http/read-context.ts';
import { addHeaders, exposeHeaders, type ProxyResponse } from './add-headers.ts';
import { limitedResponse } from './limited-response.ts';
import { asProxyResponse } from './proxy-response.ts';
import { isStreaming, StreamingResponseError } from './streaming-error.ts';

export { StreamingResponseError } from './streaming-error.ts';

export interface RateLimitHeadersOptions {
  /**
   * Name the headers in `Access-Control-Expose-Headers` of responses that have CORS headers.
   *
   * @default true
   */
  readonly exposeHeaders?: boolean;
  /**
   * More headers for the 429 that is answered in the handler's place, for example CORS headers where the API does not
   * set them itself. Other middlewares' `after` does not run for it.
   *
   * @default - none
   */
  readonly limitedHeaders?: Readonly<Record<string, string>>;
}

/** What the middleware uses of a middy request; the same in @middy/core 5, 6 and 7. */
export interface RateLimitHeadersRequest {
  readonly event: unknown;
  response?: unknown;
}

/** A middleware for @middy/core 5 to 7. */
export interface RateLimitHeadersMiddleware {
  before(request: RateLimitHeadersRequest): ProxyResponse | undefined;
  after(request: RateLimitHeadersRequest): void;
  onError(request: RateLimitHeadersRequest): void;
}

/**
 * Adds the verdict's `X-RateLimit-*` headers to every response of a REST or HTTP API handler, and answers 429 where
 * the authorizer of an HTTP API has let a limited request through (`deny: middleware`). On routes without Headgate's
 * authorizer it does nothing.
 *
 * Use it before other middlewares: then it sees the request first and the response last, errors included.
 *
 * @throws StreamingResponseError (HG340), when the handler has answered with a stream
 */
export function rateLimitHeaders(options: RateLimitHeadersOptions = {}): RateLimitHeadersMiddleware {
  const finish = (response: ProxyResponse, context: AuthorizerContext): ProxyResponse => {
    const complete = addHeaders(response, rateLimitHeadersOf(context));
    return (options.exposeHeaders ?? true) ? exposeHeaders(complete, exposedHeadersOf(context)) : complete;
  };
  const decorate = (request: RateLimitHeadersRequest): void => {
    const context = contextOf(request.event);
    if (context === undefined) return;
    const response = asProxyResponse(request.response, isHttpApi(request.event));
    if (response !== undefined) request.response = finish(response, context);
  };
  return {
    before({ event }) {
      const context = contextOf(event);
      if (context?.verdict !== 'limited') return undefined;
      return finish(limitedResponse(context, options.limitedHeaders), context);
    },
    after(request) {
      if (isStreaming(request.response)) throw new StreamingResponseError();
      decorate(request);
    },
    onError(request) {
      // Without a response nobody has handled the error, and it goes on as it is.
      if (request.response !== undefined && request.response !== null && !isStreaming(request.response)) {
        decorate(request);
      }
    },
  };
}

const requestContextOf = (event: unknown): unknown =>
  typeof event === 'object' && event !== null ? (event as { requestContext?: unknown }).requestContext : undefined;

const contextOf = (event: unknown): AuthorizerContext | undefined => readContext(requestContextOf(event));

const isHttpApi = (event: unknown): boolean =>
  typeof event === 'object' && event !== null && (event as { version?: unknown }).version === '2.0';
