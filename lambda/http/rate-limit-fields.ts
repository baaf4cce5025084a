import type { LimitStatus } from '../limiter/verdict.ts';
import { wholeNumber } from './header-value.ts';

/**
 * The most limits in one field, 65 characters each at most: an authorizer's context and a gateway's headers are bounded.
 * Of more the most restrictive ones stay.
 */
const MOST_LIMITS = 16;

/** The values of the two fields of draft-ietf-httpapi-ratelimit-headers-11: lists of structured fields (RFC 9651). */
export interface RateLimitFields {
  /** `"client";q=60;w=60, "export";q=10;w=86400`: units, and in how many seconds they flow back. */
  readonly policy: string;
  /** `"client";r=59;t=60, "export";r=9;t=3600`: units that are left, and for how many seconds they must do. */
  readonly state: string;
}

/**
 * The fields of all enforced limits; undefined where there are none. A limit that denies has `r=0`, and in `t` the seconds
 * until it has room for the same request.
 *
 * @param now milliseconds since the epoch, on the clock of the statuses
 */
export function rateLimitFields(statuses: readonly LimitStatus[], now: number): RateLimitFields | undefined {
  const limits = shown(statuses);
  if (limits.length === 0) return undefined;
  return {
    policy: limits
      .map(({ name, limit, windowMs, fillMs = windowMs }) => item(name, 'q', limit, 'w', seconds(fillMs)))
      .join(', '),
    state: limits.map((status) => item(status.name, 'r', remaining(status), 't', resetSeconds(status, now))).join(', '),
  };
}

/** Each name once, as the draft demands: of a limit that counts on several routes, the one with the least left. */
function shown(statuses: readonly LimitStatus[]): readonly LimitStatus[] {
  const byName = new Map<string, LimitStatus>();
  for (const status of statuses) {
    if (status.mode === 'shadow') continue;
    const before = byName.get(status.name);
    if (before === undefined || remaining(status) < remaining(before)) byName.set(status.name, status);
  }
  const limits = [...byName.values()];
  if (limits.length <= MOST_LIMITS) return limits;
  return limits.sort((a, b) => remaining(a) - remaining(b)).slice(0, MOST_LIMITS);
}

const remaining = (status: LimitStatus): number => (status.allowed ? status.remaining : 0);

function resetSeconds({ allowed, retryAt, resetAt }: LimitStatus, now: number): number {
  if (allowed || retryAt === undefined) return seconds(resetAt - now);
  // The same instant as Retry-After, as the draft asks for.
  return Math.max(1, seconds(retryAt - now));
}

const seconds = (ms: number): number => Math.max(0, Math.ceil(ms / 1000));

/** A limit's name is letters, digits and `-`: nothing that would have to be escaped. */
function item(name: string, first: string, one: number, second: string, other: number): string {
  return `"${name.replace(/[^a-z0-9-]/g, '')}";${first}=${integer(one)};${second}=${integer(other)}`;
}

/** An sf-integer has at most 15 digits. */
const integer = (value: number): string => wholeNumber(Math.min(value, 999_999_999_999_999));

const FIELD =
  /^"[a-z0-9-]{0,32}";[qr]=\d{1,15};[wt]=\d{1,15}(?:, "[a-z0-9-]{0,32}";[qr]=\d{1,15};[wt]=\d{1,15}){0,15}$/;

/** Whether a text can be one of the fields above. */
export const isRateLimitField = (text: string): boolean => text.length <= 1200 && FIELD.test(text);
