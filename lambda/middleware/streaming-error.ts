import { HeadgateError } from '../errors/headgate-error.ts';

/** HG340: the handler streams its body. */
export class StreamingResponseError extends HeadgateError {
  /** @param middleware its name in the message */
  constructor(middleware = 'rateLimitHeaders') {
    super(
      'HG340',
      `${middleware}() does not work on handlers that stream their response: the headers are sent before a ` +
        `middleware sees them. Return the body as a string, or take ${middleware}() off this handler and set the ` +
        'headers by parameter mapping of the integration',
    );
  }
}

/** Whether a response is a stream or has one as its body: of Node, of the web, or any async iterable. */
export function isStreaming(response: unknown): boolean {
  return isStream(response) || (isObject(response) && isStream(response.body));
}

function isStream(value: unknown): boolean {
  return (
    isObject(value) &&
    (typeof value.pipe === 'function' ||
      typeof value.getReader === 'function' ||
      typeof (value as { [Symbol.asyncIterator]?: unknown })[Symbol.asyncIterator] === 'function')
  );
}

const isObject = (value: unknown): value is Record<string, unknown> => typeof value === 'object' && value !== null;
