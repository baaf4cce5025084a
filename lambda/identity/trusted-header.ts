import type { TrustedHeaderSource } from '../policy/policy.ts';
import { issuedClient } from './client-id.ts';
import { type HeaderSource, headerValues } from './headers.ts';

/** The client that a trusted party has written into a header; several different values prove nothing. */
export function trustedHeaderClient(source: TrustedHeaderSource, headers: HeaderSource): string | undefined {
  const values = new Set(headerValues(headers, source.header).map((value) => value.trim()));
  return values.size === 1 ? issuedClient(source, [...values][0]) : undefined;
}
