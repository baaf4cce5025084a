import type { Command } from 'commander';
import { terminalOf } from '../cli/terminal.ts';
import { connectGatewayOnDemand } from '../gateway-keys/connect-on-demand.ts';
import type { ConnectGateway } from '../gateway-keys/gateway.ts';
import { checkTier } from '../registry/check-tier.ts';
import { clientText, clientView, EFFECT } from '../registry/client-text.ts';
import {
  type Connect,
  quoted,
  type RegistryOptions,
  registryArguments,
  withChangeOptions,
} from '../registry/command-options.ts';
import { showChange } from '../registry/show-change.ts';

interface SetTierOptions extends RegistryOptions {
  readonly policy?: string;
  readonly gate?: string;
}

const GATE = ['--gate <name>', 'for a client with a key of API Gateway: the gate whose plans they are'] as const;

export function register(
  group: Command,
  connect: Connect,
  connectGateway: ConnectGateway = connectGatewayOnDemand,
): void {
  withChangeOptions(group.command('set-tier'))
    .description('Give a client another tier. Its key of API Gateway, if it has one, moves to the plan of that tier.')
    .argument('<id>', 'as `client list` shows it')
    .argument('<tier>', "one of the policy's tiers")
    .option('--policy <file>', 'check the tier against this policy')
    .option(...GATE)
    .action(async (id: string, tier: string, options: SetTierOptions, command: Command) => {
      const terminal = terminalOf(command);
      checkTier(tier, options.policy);
      const { setTier, showClient } = await import('../registry/clients.ts');
      const registry = await connect(options);
      const dryRun = options.dryRun === true;
      const present = await showClient(registry, id);
      const { apiKeyId } = present;
      const { before, after } = dryRun
        ? planned(present, tier)
        : apiKeyId === undefined
          ? await setTier(registry, id, tier)
          : await (await import('../gateway-keys/keyed-clients.ts')).setKeyedTier(
              registry,
              await connectGateway(options),
              id,
              tier,
              apiKeyId,
            );
      const undo = `npx headgate client set-tier ${quoted(id)} ${quoted(before.tier)}${registryArguments(options)}`;
      const effect = before.tier === after.tier ? 'It had this tier already.' : EFFECT;
      const change = { before: clientText(before), after: clientText(after), undo: [undo], effect };
      if (options.json) terminal.json({ before: clientView(before), after: clientView(after), undo, dryRun });
      else showChange(terminal, change, dryRun);
    });
  withChangeOptions(group.command('remove'))
    .description('Remove a client and its key, also that of API Gateway: who sends the key then counts as its address.')
    .argument('<id>', 'as `client list` shows it')
    .option(...GATE)
    .action(async (id: string, options: SetTierOptions, command: Command) => {
      const terminal = terminalOf(command);
      const { removeClient, showClient } = await import('../registry/clients.ts');
      const registry = await connect(options);
      const dryRun = options.dryRun === true;
      const present = await showClient(registry, id);
      const before = dryRun
        ? present
        : present.apiKeyId === undefined
          ? await removeClient(registry, id)
          : await (await import('../gateway-keys/keyed-clients.ts')).removeKeyedClient(
              registry,
              await connectGateway(options),
              id,
            );
      const keyed = before.apiKeyId === undefined ? '' : ' --api-key';
      const again = `npx headgate client add ${quoted(id)} --tier ${quoted(before.tier)}${keyed}${registryArguments(options)}`;
      const undo = [`${again} --key - < FILE_WITH_ITS_KEY`, `${again}  (with a new key, if the old one is lost)`];
      const change = { before: clientText(before), after: `no client ${id}`, undo, effect: EFFECT };
      if (options.json) terminal.json({ before: clientView(before), after: null, undo: undo[0], dryRun });
      else showChange(terminal, change, dryRun);
    });
}

const planned = <T extends { readonly tier: string }>(before: T, tier: string) => ({
  before,
  after: { ...before, tier },
});
