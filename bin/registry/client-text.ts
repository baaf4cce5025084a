import type { RegisteredClient } from './clients.ts';

/** What may be shown of a client: of its key's hash only as much as tells two keys apart. */
export interface ClientView {
  readonly id: string;
  readonly tier: string;
  readonly state: string;
  readonly keyFingerprint: string;
  readonly createdAt: string;
  /** Of the key of API Gateway with the same value; it is no secret. */
  readonly apiKeyId?: string;
}

export function clientView({ id, tier, state, keySha256, createdAt, apiKeyId }: RegisteredClient): ClientView {
  const view = { id, tier, state, keyFingerprint: keySha256.slice(0, 12), createdAt };
  return apiKeyId === undefined ? view : { ...view, apiKeyId };
}

export const clientText = ({
  id,
  tier,
  apiKeyId,
}: {
  readonly id: string;
  readonly tier: string;
  readonly apiKeyId?: string;
}): string =>
  `client ${id}, tier ${tier}${apiKeyId === undefined ? '' : `, API Gateway key ${apiKeyId} in the plan of the tier`}`;
export const EFFECT = 'The authorizers notice within a minute.';
