export interface ControlPlaneFailure {
  /**
   * `passing`: the same call may well succeed later. `conflict`: perhaps. `denied`: not by IAM as it stands. `final`: it will
   * not.
   */
  readonly kind: 'passing' | 'conflict' | 'denied' | 'final';
  readonly name: string;
  /** One line, at most 300 characters. */
  readonly message: string;
  /** What the service asks to wait at least, ms; at most 15 s: a run has to end in its time. */
  readonly retryAfterMs: number;
}

const PASSING = new Set([
  'TooManyRequestsException',
  'ThrottlingException',
  'Throttling',
  'RequestLimitExceeded',
  'ServiceUnavailableException',
  'ServiceUnavailable',
  'InternalServerError',
  'TimeoutError',
]);
const LOST_CONNECTION = new Set(['ECONNRESET', 'ECONNREFUSED', 'EPIPE', 'ECONNABORTED', 'ETIMEDOUT']);

/** What an error of the AWS SDK means for the call. By shape: errors may come from another copy of the SDK. */
export function failureOf(error: unknown): ControlPlaneFailure {
  const { name, code, message, retryAfterSeconds, $metadata } = (error ?? {}) as Record<string, unknown> & {
    $metadata?: { httpStatusCode?: number };
  };
  const status = $metadata?.httpStatusCode ?? 0;
  const what = typeof name === 'string' && name !== '' ? name : 'unknown error';
  const seconds = Number(retryAfterSeconds);
  return {
    kind:
      PASSING.has(what) || status === 429 || status >= 500 || LOST_CONNECTION.has(String(code))
        ? 'passing'
        : what === 'ConflictException'
          ? 'conflict'
          : status === 403
            ? 'denied'
            : 'final',
    name: what,
    message: String(message ?? '')
      .replace(/\s+/g, ' ')
      .slice(0, 300),
    retryAfterMs: seconds > 0 ? Math.min(seconds, 15) * 1000 : 0,
  };
}

/** Whether a call failed because what it is about does not exist. Looks through our own wrapping. */
export function isNotFound(error: unknown): boolean {
  const { name, cause } = (error ?? {}) as { name?: unknown; cause?: unknown };
  return name === 'NotFoundException' || (cause !== undefined && isNotFound(cause));
}

/** Whether a call was refused for the present state: a name that is taken, something that is in use. */
export function isRefusedForState(error: unknown): boolean {
  const { name, cause } = (error ?? {}) as { name?: unknown; cause?: unknown };
  if (name === 'ConflictException' || name === 'BadRequestException') return true;
  return cause !== undefined && isRefusedForState(cause);
}

/** Whether the service has heard a call and said no, for whatever reason: a connection that broke is none. */
export function isAnsweredRefusal(error: unknown): boolean {
  const { $metadata, cause } = (error ?? {}) as { $metadata?: { httpStatusCode?: number }; cause?: unknown };
  const status = $metadata?.httpStatusCode ?? 0;
  return (status >= 400 && status < 500) || (cause !== undefined && isAnsweredRefusal(cause));
}

/** What a call answers; undefined where the thing it is about does not exist. */
export async function orNothing<T>(call: Promise<T>): Promise<T | undefined> {
  try {
    return await call;
  } catch (error) {
    if (isNotFound(error)) return undefined;
    throw error;
  }
}
