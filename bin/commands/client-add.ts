import type { Command } from 'commander';
import { CLIENT_ID_ALLOWED, isClientId } from '../../lambda/identity/client-id.ts';
import { UsageError } from '../cli/exit.ts';
import { terminalOf } from '../cli/terminal.ts';
import { connectGatewayOnDemand } from '../gateway-keys/connect-on-demand.ts';
import type { ConnectGateway } from '../gateway-keys/gateway.ts';
import { checkTier } from '../registry/check-tier.ts';
import { clientText, clientView, EFFECT } from '../registry/client-text.ts';
import {
  type Connect,
  type RegistryOptions,
  registryArguments,
  withChangeOptions,
} from '../registry/command-options.ts';
import { readKey } from '../registry/read-key.ts';
import { showChange } from '../registry/show-change.ts';

interface Options extends RegistryOptions {
  readonly tier?: string;
  readonly policy?: string;
  readonly key?: string;
  readonly apiKey?: boolean;
  readonly gate?: string;
}

export function register(
  group: Command,
  connect: Connect,
  connectGateway: ConnectGateway = connectGatewayOnDemand,
): void {
  withChangeOptions(group.command('add'))
    .description('Add a client. Its key is shown once and cannot be read again.')
    .argument('<id>', CLIENT_ID_ALLOWED)
    .option('--tier <tier>', "the client's tier (default with --policy: the policy's first)")
    .option('--policy <file>', 'check the tier against this policy')
    .option('--key <->', 'only `-`: read a key of your own from standard input instead of making one')
    .option('--api-key', "make the key one of API Gateway's too, in the usage plan of the tier (REST APIs)")
    .option('--gate <name>', 'with --api-key: the gate whose plans they are (default: that of the stack)')
    .addHelpText(
      'after',
      `
Examples:
  $ headgate client add acme --tier gold
  $ headgate client add acme --tier gold --api-key
  $ headgate client add acme --policy headgate.yaml --json | jq -r .key
  $ headgate client add acme --tier gold --key - < key.txt`,
    )
    .action(async (id: string, options: Options, command: Command) => {
      if (!isClientId(id))
        throw new UsageError(`\`${id.slice(0, 80)}\` is no client id; allowed are ${CLIENT_ID_ALLOWED}.`);
      if (options.key !== undefined && options.key !== '-') {
        throw new UsageError(
          'a key as an argument stays in the history of the shell: consider it known, and give another as `--key -`.',
        );
      }
      const tier = checkTier(options.tier, options.policy);
      const terminal = terminalOf(command);
      const own = options.key === '-' ? await readKey(process.stdin) : undefined;
      const kind = options.apiKey === true ? ', with a key of API Gateway in the plan of the tier' : '';
      const undo = `npx headgate client remove ${id}${registryArguments(options)}`;
      const change = {
        before: `no client ${id}`,
        after: `${clientText({ id, tier })}${kind}`,
        undo: [undo],
        effect: EFFECT,
      };
      if (options.dryRun) {
        if (options.json) {
          terminal.json({ before: null, after: { id, tier }, apiKey: options.apiKey === true, dryRun: true });
        } else showChange(terminal, change, true);
        return;
      }
      const registry = await connect(options);
      const wanted = { id, tier, ...(own === undefined ? {} : { key: own }) };
      const added =
        options.apiKey === true
          ? await (await import('../gateway-keys/keyed-clients.ts')).addKeyedClient(
              registry,
              await connectGateway(options),
              wanted,
            )
          : await (await import('../registry/clients.ts')).addClient(registry, wanted);
      // A key of the caller's own is known to the caller: it is not repeated.
      const key = own === undefined ? { key: added.key } : {};
      if (options.json) {
        terminal.json({ before: null, after: clientView(added.client), ...key, undo, dryRun: false });
        return;
      }
      showChange(terminal, { ...change, after: clientText(added.client) }, false);
      if (own !== undefined) return;
      terminal.print(`${terminal.style('dim', 'key   ')}  ${added.key}`);
      terminal.note('Keep the key now: it is stored as a hash and cannot be shown again.');
    });
}
