import type { JwtSource } from '../../policy/policy.ts';

/** How far the issuer's clock and ours may be apart, seconds. */
export const LEEWAY_SECONDS = 30;

/** Why a token proves nothing. Says nothing that is in the token. */
export type TokenRefusal =
  | 'malformed'
  | 'algorithm'
  | 'key-id'
  | 'issuer'
  | 'audience'
  | 'no-expiry'
  | 'expired'
  | 'not-yet'
  | 'client-claim'
  | 'unknown-key'
  | 'signature';

export interface Times {
  /** Unix seconds. */
  readonly exp?: unknown;
  readonly nbf?: unknown;
}

/** Whether a token may be used now; one that never ends may not. */
export function checkTimes({ exp, nbf }: Times, now: number): TokenRefusal | undefined {
  const seconds = now / 1000;
  if (typeof exp !== 'number') return 'no-expiry';
  if (seconds >= exp + LEEWAY_SECONDS) return 'expired';
  if (nbf === undefined) return undefined;
  return typeof nbf === 'number' && seconds >= nbf - LEEWAY_SECONDS ? undefined : 'not-yet';
}

/**
 * What is wrong with a token's header and claims. They may be unverified: a token that says of itself that it does not fit
 * needs neither the issuer's keys nor the arithmetic of a signature.
 */
export function checkClaims(
  source: JwtSource,
  header: Readonly<Record<string, unknown>>,
  payload: Readonly<Record<string, unknown>>,
  now: number,
): TokenRefusal | undefined {
  if (typeof header.alg !== 'string' || !source.algorithms.includes(header.alg)) return 'algorithm';
  // Extensions that must be understood (RFC 7515, 4.1.11): none is.
  if (header.crit !== undefined) return 'malformed';
  if (typeof header.kid !== 'string' || header.kid === '' || header.kid.length > 256) return 'key-id';
  if (payload.iss !== source.issuer) return 'issuer';
  if (!hasAudience(own(payload, source.audienceClaim), source.audience)) return 'audience';
  return checkTimes(payload, now);
}

function hasAudience(claim: unknown, allowed: readonly string[]): boolean {
  const values: readonly unknown[] = Array.isArray(claim) ? claim : [claim];
  return values.some((value) => typeof value === 'string' && allowed.includes(value));
}

/** A claim; what every object has (`constructor`) is none. */
export const own = (payload: Readonly<Record<string, unknown>>, name: string): unknown =>
  Object.hasOwn(payload, name) ? payload[name] : undefined;
