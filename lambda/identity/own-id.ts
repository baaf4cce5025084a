import { createHash } from 'node:crypto';
import { isClientId } from './client-id.ts';

/**
 * The client that an id of somebody else's making stands for: an account, a tenant, a claim. What is no client id by
 * itself, because it is long or has other characters, stands as its SHA-256: counters' keys stay short, and no text
 * that a caller has sent can name another's counters or be too long for the table. Undefined for what is no id.
 */
export function clientOfOwnId(id: unknown): string | undefined {
  const text = typeof id === 'number' || typeof id === 'bigint' ? String(id) : id;
  if (typeof text !== 'string' || text === '') return undefined;
  return isClientId(text) ? text : `#${createHash('sha256').update(text).digest('base64url')}`;
}

/** Whether `clientOfOwnId` has made this of an id that it did not leave as it was. */
export const isHashedClient = (client: string): boolean => /^#[A-Za-z0-9_-]{43}$/.test(client);
