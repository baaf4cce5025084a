import type { RegisteredClient } from './clients.ts';

/** What may be shown of a client: of its key's hash only as much as tells two keys apart. */
export interface ClientView {
  readonly id: string;
  readonly tier: string;
  readonly state: string;
  readonly keyFingerprint: string;
  readonly createdAt: string;
}

export function clientView({ id, tier, state, keySha256, createdAt }: RegisteredClient): ClientView {
  return { id, tier, state, keyFingerprint: keySha256.slice(0, 12), createdAt };
}

export const clientText = ({ id, tier }: { readonly id: string; readonly tier: string }): string =>
  `client ${id}, tier ${tier}`;
export const EFFECT = 'The authorizers notice within a minute.';
