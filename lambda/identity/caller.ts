import type { IdentitySource } from '../policy/policy.ts';
import { keyHashesOf } from './api-key.ts';
import type { ClientCache } from './client-cache.ts';
import { gatewayKeyClient, isClientId } from './client-id.ts';
import type { HeaderSource } from './headers.ts';

/** Who is calling, as far as it is proven. */
export interface Caller {
  /** `203.0.113.7`, `2001:db8:1:2::/64`, or `unknown` where the event names no address: those share one budget. */
  readonly address: string;
  /** Absent: nothing was proven, and the caller is its address. */
  readonly client?: string;
  readonly tier: string;
}

/** Who the caller proved to be. `unavailable`: a key came whose owner could not be asked for. */
export type Identity =
  | { readonly kind: 'client'; readonly client: string; readonly tier?: string }
  | { readonly kind: 'none' }
  | { readonly kind: 'unavailable' };

export interface Credentials {
  /** SHA-256 of the keys that the request carries, in the policy's order of headers. */
  readonly keyHashes: readonly string[];
  /** The client of API Gateway's own key, where API Gateway has recognised one. */
  readonly gatewayClient: string | undefined;
}

export function credentialsOf(
  sources: readonly IdentitySource[],
  headers: HeaderSource,
  gatewayKeyId: unknown,
): Credentials {
  return { keyHashes: keyHashesOf(sources, headers), gatewayClient: gatewayKeyClient(gatewayKeyId) };
}

/** The first key that belongs to somebody wins; then API Gateway's own key. */
export async function identify(credentials: Credentials, clients: Pick<ClientCache, 'lookUp'>): Promise<Identity> {
  let unavailable = false;
  for (const sha256 of credentials.keyHashes) {
    const found = await clients.lookUp(sha256);
    if (found.kind === 'known' && isClientId(found.record.client)) {
      return { kind: 'client', client: found.record.client, tier: found.record.tier };
    }
    unavailable ||= found.kind === 'unavailable';
  }
  if (credentials.gatewayClient !== undefined) return { kind: 'client', client: credentials.gatewayClient };
  return { kind: unavailable ? 'unavailable' : 'none' };
}
