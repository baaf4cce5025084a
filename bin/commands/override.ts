import type { Command } from 'commander';
import { UsageError } from '../cli/exit.ts';
import { DEFAULT_FILE } from '../cli/read-policy.ts';
import { instantText } from '../cli/shown-text.ts';
import { type Terminal, terminalOf } from '../cli/terminal.ts';
import type { DeployedPolicyOf } from '../on-call/deployed-policy-of.ts';
import { overrideCommand, overrideText, placeText, removeCommand, untilText } from '../on-call/override-text.ts';
import {
  type Connect,
  connectOnDemand,
  type RegistryOptions,
  registryArguments,
  withChangeOptions,
} from '../registry/command-options.ts';
import { parseDuration } from '../registry/duration.ts';
import { showChange } from '../registry/show-change.ts';
import { checkedReason, MAX_REASON, userName } from '../registry/who-and-why.ts';

interface Options extends RegistryOptions {
  readonly rate?: string;
  readonly for?: string;
  readonly burst?: string;
  readonly tier?: string;
  readonly own?: boolean;
  readonly reason?: string;
  readonly policy?: string;
  readonly remove?: boolean;
  readonly list?: boolean;
}

/** What holds for longer belongs in the policy, where others see it. */
const MAX_DAYS = 30;
const EFFECT = 'The authorizers notice within 30 seconds. It lapses by itself.';

const deployedOnDemand: DeployedPolicyOf = async (choice, registryTable) =>
  (await import('../on-call/deployed-policy-of.ts')).deployedPolicyOf(choice, registryTable);

const OWN_EFFECT =
  'Functions that have a limit of this name notice within 30 seconds, and log `override-applies`. It lapses by itself.';

export function register(
  program: Command,
  connect: Connect = connectOnDemand,
  deployedPolicy: DeployedPolicyOf = deployedOnDemand,
): void {
  withChangeOptions(program.command('override'))
    .description('Give one limit another rate for a time, without a deployment.')
    .argument('[limit]', 'its name in the policy')
    .option('--rate <rate>', '10/minute, 100/15 minutes: as in the policy')
    .option('--for <time>', `how long: 90s, 30m, 2h, at most ${MAX_DAYS}d`)
    .option('--burst <tokens>', 'of a token-bucket (default: in proportion to the rate)')
    .option('--tier <tier>', 'for this tier only (default: all)')
    .option('--own', 'it is a limit that functions have of their own (rateLimit), not one of the policy')
    .option('--reason <text>', `why, for the log and whoever finds it; at most ${MAX_REASON} characters`)
    .option(
      '--policy <file>',
      `what the rate is checked by where the deployed policy cannot be read (default: ${DEFAULT_FILE}, where there is one)`,
    )
    .option('--remove', "take it back: the policy's rate holds again")
    .option('--list', 'show what is overridden')
    .addHelpText(
      'after',
      `
Examples:
  $ headgate override sign-in --rate 1/minute --for 2h --reason "stuffing from many addresses"
  $ headgate override client --tier gold --rate 5000/minute --burst 500 --for 1d
  $ headgate override failed-log-ins --own --rate 2/hour --for 1h
  $ headgate override sign-in --remove
  $ headgate override --list`,
    )
    .action(async (limit: string | undefined, options: Options, command: Command) => {
      const terminal = terminalOf(command);
      if (options.list) {
        if (limit !== undefined || options.rate !== undefined || options.remove) {
          throw new UsageError('`--list` stands alone: it shows what is overridden.');
        }
        return list(terminal, options, connect);
      }
      if (limit === undefined) throw new UsageError('which limit? Name it as in the policy, or use `--list`.');
      if (options.remove) return remove(terminal, limit, options, connect);
      return set(terminal, limit, options, connect, deployedPolicy);
    });
}

async function set(
  terminal: Terminal,
  limit: string,
  options: Options,
  connect: Connect,
  deployedPolicy: DeployedPolicyOf,
): Promise<void> {
  const { rate, tier } = options;
  if (rate === undefined || options.for === undefined) {
    throw new UsageError('an override needs `--rate` and `--for`, for example `--rate 10/minute --for 2h`.');
  }
  const forSeconds = parseDuration(options.for);
  if (forSeconds > MAX_DAYS * 86_400) {
    throw new UsageError(`an override is for ${MAX_DAYS}d at most; what holds for longer belongs in the policy.`);
  }
  const burst = burstOf(options.burst);
  const why = checkedReason(options.reason);
  const [{ choosePolicy }, { planOverride, planOwnOverride, textOf }, { setOverride }] = await Promise.all([
    import('../on-call/chosen-policy.ts'),
    import('../on-call/override-plan.ts'),
    import('../registry/overrides.ts'),
  ]);
  const registry = await connect(options);
  const readDeployed = () => deployedPolicy(options, registry.table);
  const wanted = { limit, tier, rate, burst };
  const byPolicy = async () => {
    const { chosen, notes, failure } = await choosePolicy(options.policy, readDeployed);
    if (chosen === undefined) throw failure;
    for (const text of notes) terminal.note(terminal.noteStyle('yellow', text));
    return { plan: planOverride(textOf(chosen), chosen.name, wanted), checkedBy: chosen.from, notes };
  };
  const byFunction = async () => {
    const policy = await readDeployed().catch(() => undefined);
    return { plan: planOwnOverride(policy, wanted), checkedBy: 'function', notes: [] };
  };
  const { plan, checkedBy, notes } = await (options.own ? byFunction() : byPolicy());
  const dryRun = options.dryRun === true;
  const order = { limit, tier, rate: rate.trim(), burst, budgets: plan.budgets, forSeconds, why, ...userName() };
  const { before, after } = await setOverride(registry, order, dryRun);
  const now = registry.now();
  const held = before !== undefined && before.until * 1000 > now ? before : undefined;
  const undo = `${held ? overrideCommand(held, now) : removeCommand(after)}${registryArguments(options)}`;
  const { budgets, policySays, letsPass } = plan;
  if (options.json) {
    terminal.json({ before: held ?? null, after, budgets: budgets ?? null, checkedBy, notes, undo, dryRun });
    return;
  }
  const change = {
    before: held ? overrideText(held) : `${placeText(after)}: ${policySays}`,
    after: `${placeText(after)}: ${letsPass}, ${untilText(after)}`,
    undo: [undo],
    effect: options.own ? OWN_EFFECT : EFFECT,
  };
  showChange(terminal, change, dryRun);
  if (plan.raised.length > 0 && plan.lowered.length > 0) {
    const both = `It gives ${plan.raised.join(', ')} more than the policy, and ${plan.lowered.join(', ')} less: name one with --tier if that is not meant.`;
    terminal.note(terminal.noteStyle('yellow', both));
  }
  if (plan.isShadow) terminal.note(`${limit} is in shadow mode: it is counted at this rate, and turns nobody away.`);
}

async function remove(terminal: Terminal, limit: string, options: Options, connect: Connect): Promise<void> {
  const extra = [options.rate, options.for, options.burst].some((value) => value !== undefined);
  if (extra) throw new UsageError('`--remove` takes the override back; it has no rate, burst or time.');
  const { removeOverride } = await import('../registry/overrides.ts');
  const registry = await connect(options);
  const dryRun = options.dryRun === true;
  const before = await removeOverride(registry, { limit, tier: options.tier }, dryRun);
  const undo = `${overrideCommand(before, registry.now())}${registryArguments(options)}`;
  if (options.json) terminal.json({ before, after: null, undo, dryRun });
  else {
    const effect = `The ${before.own ? 'functions' : 'authorizers'} notice within 30 seconds.`;
    showChange(
      terminal,
      {
        before: overrideText(before),
        after: `${placeText(before)}: as in the ${before.own ? "function's code" : 'policy'}`,
        undo: [undo],
        effect,
      },
      dryRun,
    );
  }
}

async function list(terminal: Terminal, options: Options, connect: Connect): Promise<void> {
  const { listOverrides } = await import('../registry/overrides.ts');
  const overrides = await listOverrides(await connect(options));
  if (options.json) terminal.json(overrides);
  else if (overrides.length === 0) terminal.note("Nothing is overridden: the policy's rates hold.");
  else {
    const rows = overrides.map(({ limit, tier = 'all', rate, burst = '', until, by = '', why = '' }) => {
      return [limit, tier, rate, burst, instantText(until), by, why];
    });
    terminal.table(['limit', 'tier', 'rate', 'burst', 'until', 'by', 'why'], rows);
  }
}

function burstOf(text: string | undefined): number | undefined {
  if (text === undefined) return undefined;
  if (/^[1-9]\d{0,8}$/.test(text)) return Number(text);
  throw new UsageError(`\`${text.slice(0, 40)}\` is no burst; write a whole number from 1.`);
}
