import type { Command } from 'commander';
import { apiText } from '../../lambda/attach/engine.ts';
import type { AttachedApi } from '../../lambda/policy/attached-api.ts';
import type { AttachClients } from '../attach/attachments.ts';
import { EXIT, Exit, FileError, UsageError } from '../cli/exit.ts';
import { DEFAULT_FILE, readPolicyFile } from '../cli/read-policy.ts';
import { type Terminal, terminalOf } from '../cli/terminal.ts';

interface Options {
  readonly plan?: boolean;
  readonly repair?: boolean;
  readonly policy: string;
  readonly stack?: string;
  readonly json?: boolean;
}

export type ConnectAttach = () => Promise<AttachClients>;

const connectOnDemand: ConnectAttach = async () => (await import('../attach/attachments.ts')).attachClients();

export function register(program: Command, connect: ConnectAttach = connectOnDemand): void {
  program
    .command('attach')
    .description("The policy's `apis`: what attaching to them would touch, and attaching again what was taken off.")
    .option('--plan', 'show route by route what a deployment would touch, and touch nothing')
    .option('--repair', 'attach a deployed gate again where Terraform, a re-import or a hand has taken it off')
    .option('--policy <file>', 'with --plan: the policy', DEFAULT_FILE)
    .option('--stack <name>', 'the stack that deploys the gate (default: the only one that does)')
    .option('--json', 'print as JSON')
    .addHelpText(
      'after',
      `
\`cdk deploy\` attaches. It stops where it would do harm, with the same list that --plan shows.

Examples:
  $ headgate attach --plan
  $ headgate attach --plan --json | jq '.apis[].changes[].text'
  $ headgate attach --repair --stack Headgate

Exit codes: 0 nothing stops it, or it is done; 1 it would stop, or failed; 2 wrong usage.`,
    )
    .action(async (options: Options, command: Command) => {
      if (options.plan === options.repair) throw new UsageError('either --plan or --repair.');
      const terminal = terminalOf(command);
      if (options.plan) await plan(apisOf(options.policy), await connect(), options, terminal);
      else await repair(await connect(), options, terminal);
    });
}

async function plan(apis: readonly AttachedApi[], clients: AttachClients, options: Options, terminal: Terminal) {
  const { planJson, showPlan, stops } = await import('../attach/plan-text.ts');
  const gate = await clients.gate(options.stack);
  const plans = [];
  for (const api of apis) {
    if (!options.json) terminal.note(`Reading ${apiText(api)} ...`);
    plans.push(await clients.plan(api, gate));
  }
  const stopped = plans.filter(stops).length;
  if (options.json) terminal.json({ deployed: gate !== undefined, ok: stopped === 0, apis: plans.map(planJson) });
  else {
    for (const one of plans) showPlan(one, terminal);
    const by = gate
      ? '`cdk deploy` does this, or where the policy is as deployed `attach --repair`.'
      : '`cdk deploy` does this.';
    terminal.note(
      stopped === 0
        ? `\nNothing was touched. ${by}`
        : `\nNothing was touched. ${stopped} of ${plans.length} would stop the deployment.`,
    );
  }
  if (stopped > 0) throw new Exit(EXIT.failed);
}

async function repair(clients: AttachClients, options: Options, terminal: Terminal) {
  const { gate, apis, protectedApis } = await clients.attached(options.stack);
  const reports = [];
  for (const api of apis) {
    if (!options.json) terminal.note(`Attaching to ${apiText(api)} ...`);
    const { changed, restored, kept } = await clients.attach(api, gate);
    reports.push({ kind: api.kind, apiId: api.apiId, stage: api.stage, changed, restored, kept });
    if (options.json) continue;
    const done = [...changed.map((key) => `attached ${key}`), ...restored.map((key) => `restored ${key}`)];
    terminal.print(
      `${apiText(api)}, stage ${api.stage}: ${done.length === 0 ? 'it was as deployed' : done.join(', ')}`,
    );
  }
  const untouched = protectedApis.map(({ kind, apiId }) => ({ kind, apiId }));
  for (const api of options.json ? [] : untouched) {
    terminal.print(`${apiText(api)}: left alone, its own stack protects it; \`headgate doctor\` examines it`);
  }
  if (options.json) terminal.json({ apis: reports, protected: untouched });
}

function apisOf(file: string): readonly AttachedApi[] {
  const { deployment } = readPolicyFile(file);
  if (deployment === undefined) throw new FileError(`${file} has errors; \`headgate validate ${file}\` shows them.`);
  if (deployment.apis.length > 0) return deployment.apis;
  throw new FileError(`${file} names no \`apis\` to attach to; docs/guide/attach.md shows how.`);
}
