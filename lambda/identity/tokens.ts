import type { JwtSource } from '../policy/policy.ts';
import { type HeaderSource, headerValues } from './headers.ts';

/** API Gateway takes 10,240 bytes of headers in all; a longer token is not read. */
export const MAX_TOKEN = 8192;

/** What a token proved. `unavailable`: the issuer's keys, which it could be checked with, could not be fetched. */
export type TokenProof =
  | { readonly kind: 'client'; readonly client: string; readonly tier?: string }
  | { readonly kind: 'none' }
  | { readonly kind: 'unavailable' };

/** Checks tokens. Its code is loaded only where the policy has a `jwt` source. */
export interface TokenVerifier {
  verify(source: JwtSource, token: string): Promise<TokenProof>;
}

/**
 * The token that a request carries for a source; undefined where there is none. Several different values prove nothing,
 * and so does another scheme than `Bearer`, which only headers of the user's own may leave out.
 */
export function tokenOf(source: JwtSource, headers: HeaderSource): string | undefined {
  const values = new Set(headerValues(headers, source.header).map((value) => value.trim()));
  const [value] = values;
  if (values.size !== 1 || value === '') return undefined;
  const bearer = /^bearer +/i.exec(value!);
  if (bearer === null && source.header === 'authorization') return undefined;
  return value!.slice(bearer?.[0].length ?? 0);
}
