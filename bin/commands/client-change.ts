import type { Command } from 'commander';
import { terminalOf } from '../cli/terminal.ts';
import { checkTier } from '../registry/check-tier.ts';
import { clientText, clientView, EFFECT } from '../registry/client-text.ts';
import {
  type Connect,
  type RegistryOptions,
  registryArguments,
  withChangeOptions,
} from '../registry/command-options.ts';
import { showChange } from '../registry/show-change.ts';

interface SetTierOptions extends RegistryOptions {
  readonly policy?: string;
}

export function register(group: Command, connect: Connect): void {
  withChangeOptions(group.command('set-tier'))
    .description('Give a client another tier.')
    .argument('<id>', 'as `client list` shows it')
    .argument('<tier>', "one of the policy's tiers")
    .option('--policy <file>', 'check the tier against this policy')
    .action(async (id: string, tier: string, options: SetTierOptions, command: Command) => {
      const terminal = terminalOf(command);
      checkTier(tier, options.policy);
      const { setTier, showClient } = await import('../registry/clients.ts');
      const registry = await connect(options);
      const dryRun = options.dryRun === true;
      const { before, after } = dryRun
        ? planned(await showClient(registry, id), tier)
        : await setTier(registry, id, tier);
      const undo = `headgate client set-tier ${id} ${before.tier}${registryArguments(options)}`;
      const effect = before.tier === after.tier ? 'It had this tier already.' : EFFECT;
      const change = { before: clientText(before), after: clientText(after), undo: [undo], effect };
      if (options.json) terminal.json({ before: clientView(before), after: clientView(after), undo, dryRun });
      else showChange(terminal, change, dryRun);
    });
  withChangeOptions(group.command('remove'))
    .description('Remove a client and its key: who sends the key then counts as its address.')
    .argument('<id>', 'as `client list` shows it')
    .action(async (id: string, options: RegistryOptions, command: Command) => {
      const terminal = terminalOf(command);
      const { removeClient, showClient } = await import('../registry/clients.ts');
      const registry = await connect(options);
      const dryRun = options.dryRun === true;
      const before = await (dryRun ? showClient : removeClient)(registry, id);
      const again = `headgate client add ${id} --tier ${before.tier}${registryArguments(options)}`;
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
