import { HeadgateError } from '../errors/headgate-error.ts';

/**
 * What the log may say of an error: the message of our own errors, which never hold a key, and of others only the kind.
 * Messages of the SDK and of the runtime can repeat parts of a request.
 */
export function describeFault(error: unknown): Record<string, string> {
  if (error instanceof HeadgateError) return { code: error.code, problem: error.message };
  if (!(error instanceof Error)) return { problem: 'unknown error' };
  const place = placeOf(error);
  return { problem: error.name, ...(place === undefined ? {} : { place }) };
}

/** File, line and column of the first frame. What stands before it is the message, which may look like a frame and be long. */
function placeOf({ stack = '', message }: Error): string | undefined {
  const at = stack.indexOf(message);
  const frame = at < 0 ? '' : (stack.slice(at + message.length).split('\n', 2)[1] ?? '');
  return /^\s+at /.test(frame) ? /([^\s(/]+:\d+:\d+)\)?$/.exec(frame.slice(-200))?.[1] : undefined;
}
