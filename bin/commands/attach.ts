import type { Command } from 'commander';
import { apiText } from '../../lambda/attach/engine.ts';
import type { AttachedApi } from '../../lambda/policy/attached-api.ts';
import type { Policy } from '../../lambda/policy/policy.ts';
import type { AttachClients } from '../attach/attachments.ts';
import type { ApiName } from '../attach/deployed-attachments.ts';
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
\`cdk deploy\` attaches, and gives back what the policy names no more. It stops where it would do harm, with the same list that --plan shows.

Examples:
  $ headgate attach --plan
  $ headgate attach --plan --json | jq '.apis[].changes[].text'
  $ headgate attach --plan --json | jq '.detaches[].restores[].key'
  $ headgate attach --repair --stack Headgate

Exit codes: 0 nothing stops it, or it is done; 1 it would stop, or failed; 2 wrong usage.`,
    )
    .action(async (options: Options, command: Command) => {
      if (options.plan === options.repair) throw new UsageError('either --plan or --repair.');
      const terminal = terminalOf(command);
      if (options.plan) await plan(readApis(options.policy), await connect(), options, terminal);
      else await repair(await connect(), options, terminal);
    });
}

interface AppliedPolicy {
  readonly apis: readonly AttachedApi[];
  readonly headers: Policy['headers'];
}

async function plan({ apis, headers }: AppliedPolicy, clients: AttachClients, options: Options, terminal: Terminal) {
  const { planJson, showPlan, stops } = await import('../attach/plan-text.ts');
  const { detachingStops, detachmentJson, showDetachment } = await import('../attach/detach-text.ts');
  const gate = await clients.gate(options.stack);
  const inStack = gate ? await clients.inStack(gate) : [];
  const isNamed = (one: ApiName) => apis.some(({ kind, apiId }) => kind === one.kind && apiId === one.apiId);
  const leaving = (inStack ?? []).filter((one) => !isNamed(one));
  if (apis.length + leaving.length === 0) {
    throw new FileError(`${options.policy} names no \`apis\` to attach to; docs/guide/attach.md shows how.`);
  }
  const plans = [];
  for (const api of apis) {
    if (!options.json) terminal.note(`Reading ${apiText(api)} ...`);
    plans.push(await clients.plan(api, headers, gate));
  }
  const detachments = [];
  for (const api of gate ? leaving : []) {
    if (!options.json) terminal.note(`Reading ${apiText(api)} ...`);
    detachments.push(await clients.planDetaching(api, gate!));
  }
  const stopped = plans.filter(stops).length + detachments.filter(detachingStops).length;
  if (options.json) {
    const detaches = inStack && detachments.map(detachmentJson);
    terminal.json({
      deployed: gate !== undefined,
      ok: stopped === 0,
      apis: plans.map(planJson),
      detaches: detaches ?? null,
    });
  } else {
    for (const one of plans) showPlan(one, terminal);
    for (const one of detachments) showDetachment(one, gate!.gate, terminal);
    if (inStack === undefined) {
      terminal.note('What taking an entry out gives back is not shown: it needs cloudformation:ListStackResources.');
    }
    if (detachments.length > 0) {
      terminal.note('\nOnly the policy was read: an API that the app names in `gate.attach()` stays attached.');
    }
    const by = gate
      ? '`cdk deploy` does this, or where the policy is as deployed `attach --repair`.'
      : '`cdk deploy` does this.';
    terminal.note(
      stopped === 0
        ? `\nNothing was touched. ${by}`
        : `\nNothing was touched. ${stopped} of ${plans.length + detachments.length} would stop the deployment.`,
    );
  }
  if (stopped > 0) throw new Exit(EXIT.failed);
}

async function repair(clients: AttachClients, options: Options, terminal: Terminal) {
  const { showLeft } = await import('../attach/plan-text.ts');
  const { gate, apis, protectedApis } = await clients.attached(options.stack);
  const reports = [];
  for (const api of apis) {
    if (!options.json) terminal.note(`Attaching to ${apiText(api)} ...`);
    const { changed, restored, kept, left } = await clients.attach(api, gate);
    reports.push({ kind: api.kind, apiId: api.apiId, stage: api.stage, changed, restored, kept, left });
    if (options.json) continue;
    const done = [...changed.map((key) => `attached ${key}`), ...restored.map((key) => `restored ${key}`)];
    terminal.print(
      `${apiText(api)}, stage ${api.stage}: ${done.length === 0 ? 'it was as deployed' : done.join(', ')}`,
    );
    for (const one of left) showLeft(one, terminal);
  }
  const untouched = protectedApis.map(({ kind, apiId }) => ({ kind, apiId }));
  for (const api of options.json ? [] : untouched) {
    terminal.print(`${apiText(api)}: left alone, its own stack protects it; \`npx headgate doctor\` examines it`);
  }
  if (options.json) terminal.json({ apis: reports, protected: untouched });
}

function readApis(file: string): AppliedPolicy {
  const { policy, deployment } = readPolicyFile(file);
  if (policy === undefined || deployment === undefined)
    throw new FileError(`${file} has errors; \`headgate validate ${file}\` shows them.`);
  return { apis: deployment.apis, headers: policy.headers };
}
