import { isClientReference } from '../../lambda/identity/client-id.ts';
import { showClientIfAny } from '../registry/clients.ts';
import type { Registry } from '../registry/registry-table.ts';
import type { Gateway } from './gateway.ts';

export interface BlockedKey {
  readonly registry: Registry;
  /** As in `parseSubject`. */
  readonly subject: string;
  /** What the key is to be. */
  readonly enabled: boolean;
  /** The block ends by itself: nobody would enable the key again. */
  readonly lapses: boolean;
  readonly dryRun: boolean;
}

export interface KeyFollowed {
  /** For people; absent where the subject has no key of API Gateway. */
  readonly text?: string;
  readonly json: { readonly apiKey?: { readonly id: string; readonly enabled: boolean } };
}

/**
 * Lets the API Gateway key of a client follow its block: disabled while it is blocked for good, enabled after. The
 * authorizer turns the client away in any case; a disabled key is refused by API Gateway itself on methods that require one.
 *
 * @param connect called only where there is a key to change
 */
export async function followWithKey(
  { registry, subject, enabled, lapses, dryRun }: BlockedKey,
  connect: () => Promise<Gateway>,
): Promise<KeyFollowed> {
  const id = await keyOfSubject(registry, subject);
  if (id === undefined) return { json: {} };
  if (lapses) return { text: `Its API Gateway key ${id} stays as it is: the block ends by itself.`, json: {} };
  const word = enabled ? 'enabled' : 'disabled';
  const json = { apiKey: { id, enabled } };
  if (dryRun) return { text: `Its API Gateway key ${id} would be ${word}.`, json };
  const { switchKey } = await import('./keyed-clients.ts');
  const there = await switchKey(await connect(), id, enabled);
  if (!there) return { text: `API Gateway has no key ${id} any more.`, json: {} };
  return { text: `Its API Gateway key ${id} is ${word}.`, json };
}

async function keyOfSubject(registry: Registry, subject: string): Promise<string | undefined> {
  if (!subject.startsWith('client:')) return undefined;
  const name = subject.slice('client:'.length);
  if (name.startsWith('apigw:')) return isClientReference(name) ? name.slice('apigw:'.length) : undefined;
  return (await showClientIfAny(registry, name))?.apiKeyId;
}
