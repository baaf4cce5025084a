// `npm run verify:aws`: what only a real account can prove. Deploys the example, checks, removes it again.
import { mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import path from 'node:path';
import { createInterface } from 'node:readline/promises';
import { parseArgs } from 'node:util';
import { build } from './build.ts';
import { packageBin, run } from './process.ts';

const HELP = `Deploys the example to your AWS account, checks there what documents alone do not prove, and removes it again.

  npm run verify:aws -- --yes          without asking
  npm run verify:aws -- --keep         leaves the stack HeadgateVerify in place
  npm run verify:aws -- --local        the same checks against a local AWS (a trial of the checks, no proof)

It uses the credentials and region of your environment (AWS_PROFILE, AWS_REGION, ...) and costs a few cents; the account
must be bootstrapped for CDK. Exit code 0: every check held; 1: one did not, or the deployment failed; 2: wrong usage.
What is checked, and what is left to you: docs/guide/verify-aws.md`;
const STACK = 'HeadgateVerify';

const options = {
  yes: { type: 'boolean' },
  keep: { type: 'boolean' },
  local: { type: 'boolean' },
  help: { type: 'boolean' },
} as const;
let flags: { yes?: boolean; keep?: boolean; local?: boolean; help?: boolean };
try {
  flags = parseArgs({ options }).values;
} catch (error) {
  console.error(`${error instanceof Error ? error.message : error}\n\n${HELP}`);
  process.exit(2);
}
if (flags.help) {
  console.log(HELP);
  process.exit(0);
}

const folder = mkdtempSync(path.join(tmpdir(), 'headgate-verify-'));
try {
  await build();
  process.exitCode = flags.local ? await verifyLocally() : await verifyAccount();
} catch (error) {
  console.error(error instanceof Error ? error.message : error);
  process.exitCode = 1;
} finally {
  rmSync(folder, { recursive: true, force: true });
}

async function verifyAccount(): Promise<number> {
  if (!flags.yes && !(await confirmed())) return 2;
  const outputs = path.join(folder, 'outputs.json');
  const common = ['--context', `stackName=${STACK}`, '--output', path.join(folder, 'cdk.out'), '--no-notices'];
  try {
    const how = ['--require-approval', 'never', '--outputs-file', outputs];
    const deployed = await run(packageBin('cdk'), ['deploy', STACK, ...how, ...common], { echo: true });
    if (deployed.code !== 0) return 1;
    const out = JSON.parse(readFileSync(outputs, 'utf8'))[STACK];
    const region = out.AlarmTopicArn.split(':')[3];
    const host = (id: string) => `https://${id}.execute-api.${region}.amazonaws.com`;
    const urls = { restUrl: `${host(out.RestApiId)}/${out.RestApiStage}`, httpUrl: host(out.HttpApiId) };
    return await check({
      ...urls,
      registryTable: out.RegistryTableName,
      alarmName: out.LimitedAlarmName,
      pageAlarmName: out.PageAlarmName,
      client: { region },
    });
  } finally {
    if (flags.keep)
      console.error(`The stack ${STACK} stays; remove it with: npm run cdk -- destroy ${STACK} -c stackName=${STACK}`);
    else await run(packageBin('cdk'), ['destroy', STACK, '--force', ...common], { echo: true });
  }
}

async function verifyLocally(): Promise<number> {
  const { startLocalAws } = await import('../local/local-aws.ts');
  const { bootstrap, deploy } = await import('../local/cdk.ts');
  const { apiUrl } = await import('../local/api-url.ts');
  const { clientConfig } = await import('../local/clients.ts');
  const aws = await startLocalAws({ say: console.error });
  try {
    await bootstrap(aws);
    const out = (await deploy(aws, { context: { stackName: STACK, storeDeadlineMs: '3000' } }))[STACK]!;
    return await check({
      restUrl: apiUrl(aws.endpoint, out.RestApiId!, out.RestApiStage!, ''),
      httpUrl: apiUrl(aws.endpoint, out.HttpApiId!, undefined, ''),
      registryTable: out.RegistryTableName!,
      alarmName: out.LimitedAlarmName!,
      pageAlarmName: out.PageAlarmName!,
      client: clientConfig(aws.endpoint),
    });
  } finally {
    await aws.stop();
  }
}

async function check(target: import('../test/aws/target.ts').Target): Promise<number> {
  const file = path.join(folder, 'target.json');
  writeFileSync(file, JSON.stringify(target));
  const env = { ...process.env, HEADGATE_VERIFY_TARGET: file };
  const { code } = await run(packageBin('jest'), ['--selectProjects', 'aws', '--runInBand', '--verbose'], {
    env,
    echo: true,
  });
  return code === 0 ? 0 : 1;
}

async function confirmed(): Promise<boolean> {
  const account = process.env.AWS_PROFILE
    ? `profile ${process.env.AWS_PROFILE}`
    : 'the credentials of this environment';
  const question = `Deploy the stack ${STACK} with ${account}, region ${process.env.AWS_REGION ?? '(its default)'}? [y/N] `;
  const terminal = createInterface({ input: process.stdin, output: process.stderr });
  const answer = await terminal.question(question);
  terminal.close();
  return /^y(es)?$/i.test(answer.trim());
}
