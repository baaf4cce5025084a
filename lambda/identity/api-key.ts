import { createHash } from 'node:crypto';
import type { IdentitySource } from '../policy/policy.ts';
import { type HeaderSource, headerValues } from './headers.ts';

/** What API Gateway accepts as the value of an API key; keys of the registry keep to it, so that one key serves both. */
export const KEY_LENGTH = { min: 20, max: 128 } as const;
const VISIBLE = /^[\x21-\x7e]+$/;

/** Whether a text can be a key: 20 to 128 visible ASCII characters, no comma (which separates values of a header). */
export function isKeyText(text: string): boolean {
  return text.length >= KEY_LENGTH.min && text.length <= KEY_LENGTH.max && VISIBLE.test(text) && !text.includes(',');
}

/** SHA-256 in hex: what the registry knows of a key. Keys are random, so no salt and no slow hash are needed. */
export function hashKey(key: string): string {
  return createHash('sha256').update(key).digest('hex');
}

/**
 * The hash of the key that a request carries, in one of the policy's headers in their order; undefined where it carries
 * none that can be a key. Several different values prove nothing: which one counts would be a guess.
 */
export function keyHashesOf(sources: readonly IdentitySource[], headers: HeaderSource): readonly string[] {
  return keysOf(sources, headers).map(hashKey);
}

/** The keys themselves, proven or not: for API Gateway alone, which checks them again. Never to be stored or logged. */
export function keysOf(sources: readonly IdentitySource[], headers: HeaderSource): readonly string[] {
  const keys: string[] = [];
  for (const source of sources) {
    if (source.kind !== 'apiKey') continue;
    const values = new Set(headerValues(headers, source.header).map((value) => value.trim()));
    const [value] = values;
    if (values.size === 1 && isKeyText(value!)) keys.push(value!);
  }
  return keys;
}
