import type { Command } from 'commander';
import { terminalOf } from '../cli/terminal.ts';
import { clientView } from '../registry/client-text.ts';
import { type Connect, type RegistryOptions, withRegistryOptions } from '../registry/command-options.ts';

const HEAD = ['client', 'tier', 'state', 'key', 'API Gateway key', 'since'];

export function register(group: Command, connect: Connect): void {
  withRegistryOptions(group.command('list'))
    .description('List all clients.')
    .action(async (options: RegistryOptions, command: Command) => {
      const terminal = terminalOf(command);
      const { listClients } = await import('../registry/clients.ts');
      const clients = (await listClients(await connect(options))).map(clientView);
      if (options.json) terminal.json(clients);
      else if (clients.length === 0)
        terminal.note('There are no clients. `npx headgate client add ID --tier TIER` adds one.');
      else terminal.table(HEAD, clients.map(rowOf));
    });
  withRegistryOptions(group.command('show'))
    .description('Show one client, and whether it is blocked. Of its key only a fingerprint is known.')
    .argument('<id>', 'as `client list` shows it')
    .action(async (id: string, options: RegistryOptions, command: Command) => {
      const terminal = terminalOf(command);
      const [{ showClient }, { showBlock }] = await Promise.all([
        import('../registry/clients.ts'),
        import('../registry/blocks.ts'),
      ]);
      const registry = await connect(options);
      const client = clientView(await showClient(registry, id));
      const block = await showBlock(registry, `client:${id}`);
      const isBlocked = block !== undefined && (block.until ?? Number.POSITIVE_INFINITY) * 1000 > registry.now();
      if (options.json) terminal.json({ ...client, block: isBlocked ? block : null });
      else {
        terminal.table(HEAD, [rowOf(client)]);
        if (isBlocked) terminal.print(`blocked; lift it with: npx headgate unblock client:${id}`);
      }
    });
}

const rowOf = (client: ReturnType<typeof clientView>): string[] => [
  client.id,
  client.tier,
  client.state,
  `${client.keyFingerprint}...`,
  client.apiKeyId ?? '',
  client.createdAt,
];
