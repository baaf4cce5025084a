import { DynamoDBClient } from '@aws-sdk/client-dynamodb';
import { blockSubject } from '../../bin/registry/blocks.ts';
import { addClient } from '../../bin/registry/clients.ts';
import type { ClientConfig } from '../clients.ts';
import type { DemoClient, demoClients } from './callers.ts';

/**
 * Registers the demo's clients and blocks the one that is to be turned away, as `headgate client add` and
 * `headgate block` do, and returns their keys.
 */
export async function registerClients(
  config: ClientConfig,
  table: string,
  clients: ReturnType<typeof demoClients>,
): Promise<Record<DemoClient, string>> {
  const client = new DynamoDBClient(config);
  const registry = { client, table, now: Date.now };
  try {
    const entries = Object.entries(clients) as [DemoClient, { id: string; tier: string }][];
    const keys = await Promise.all(
      entries.map(async ([name, of]) => [name, (await addClient(registry, of)).key] as const),
    );
    await blockSubject(registry, `client:${clients.blocked.id}`, { reason: 'demo' });
    return Object.fromEntries(keys) as Record<DemoClient, string>;
  } finally {
    client.destroy();
  }
}
