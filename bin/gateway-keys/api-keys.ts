import { CreateApiKeyCommand, DeleteApiKeyCommand, UpdateApiKeyCommand } from '@aws-sdk/client-api-gateway';
import type { Gateway } from './gateway.ts';
import { GatewayKeyError } from './gateway-key-error.ts';

/**
 * Makes a key of API Gateway with the value that the registry knows.
 *
 * @param value 20 to 128 characters; it is not repeated in errors
 * @returns the key's id
 * @throws GatewayKeyError (HG234) where the value is taken
 */
export async function createApiKey({ client }: Gateway, clientId: string, value: string): Promise<string> {
  const description = `Headgate: key of the client ${clientId}`;
  const command = new CreateApiKeyCommand({ name: `headgate-${clientId}`, description, value, enabled: true });
  try {
    return (await client.send(command)).id!;
  } catch (error) {
    if (!named(error, 'ConflictException')) throw error;
    throw new GatewayKeyError('API Gateway has a key of this value already. Make a new one: leave `--key -` out');
  }
}

/** @returns false where there is no such key */
export async function enableApiKey({ client }: Gateway, keyId: string, enabled: boolean): Promise<boolean> {
  const patchOperations = [{ op: 'replace' as const, path: '/enabled', value: String(enabled) }];
  return unlessGone(() => client.send(new UpdateApiKeyCommand({ apiKey: keyId, patchOperations })));
}

/** @returns false where there is no such key */
export async function deleteApiKey({ client }: Gateway, keyId: string): Promise<boolean> {
  return unlessGone(() => client.send(new DeleteApiKeyCommand({ apiKey: keyId })));
}

async function unlessGone(change: () => Promise<unknown>): Promise<boolean> {
  try {
    await change();
    return true;
  } catch (error) {
    if (named(error, 'NotFoundException')) return false;
    throw error;
  }
}

const named = (error: unknown, name: string): boolean => error instanceof Error && error.name === name;
