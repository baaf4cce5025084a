import { spawn } from 'node:child_process';
import { mkdirSync, mkdtempSync, rmSync, statSync, writeFileSync } from 'node:fs';
import path from 'node:path';
import { createInterface } from 'node:readline';
import { build } from 'esbuild';
import { blockSubject } from '../../bin/registry/blocks.ts';
import { addClient } from '../../bin/registry/clients.ts';
import { type Answer, httpEvent, policyOf, restEvent } from '../authorizer/world.ts';
import { useEngine } from '../support/engine/use-engine.ts';
import { createRegistryTable } from './registry-table.ts';

const MAX_BUNDLE = 450 * 1024;
const root = path.join(__dirname, '..', '..');
const policy = policyOf(`
identify:
  - apiKey: x-api-key
tiers: [free, gold]
limits:
  client:
    per: client
    rate: { free: 3/minute, gold: 5/minute }
`);

/** The function as it is deployed, bundled, in a process of its own as in Lambda, on a DynamoDB engine. */
describe('the bundled authorizer', () => {
  const engine = useEngine();
  let folder = '';
  let key = '';
  let environment: Record<string, string> = {};

  beforeAll(async () => {
    mkdirSync(path.join(root, '.local-aws'), { recursive: true });
    folder = mkdtempSync(path.join(root, '.local-aws', 'authorizer-'));
    await build({
      entryPoints: [path.join(root, 'lambda/authorizer/authorizer.lambda.ts')],
      outfile: path.join(folder, 'index.mjs'),
      bundle: true,
      minify: true,
      platform: 'node',
      target: 'node20',
      format: 'esm',
      charset: 'utf8',
      legalComments: 'none',
      mainFields: ['module', 'main'],
      banner: { js: "import{createRequire as __cr}from'node:module';const require=__cr(import.meta.url);" },
    });
    writeFileSync(path.join(folder, 'policy.json'), JSON.stringify(policy));
    writeFileSync(path.join(folder, 'serve.mjs'), SERVE);
    const table = await createRegistryTable(engine.client);
    const registry = { client: engine.client, table, now: () => Date.now() };
    ({ key } = await addClient(registry, { id: 'acme', tier: 'gold' }));
    await blockSubject(registry, 'address:192.0.2.0/24', { forSeconds: 600 });
    const endpoint = await engine.client.config.endpoint!();
    environment = {
      PATH: process.env.PATH ?? '',
      AWS_ENDPOINT_URL: `${endpoint.protocol}//${endpoint.hostname}:${endpoint.port}`,
      AWS_REGION: 'us-east-1',
      AWS_ACCESS_KEY_ID: 'test',
      AWS_SECRET_ACCESS_KEY: 'test',
      HEADGATE_COUNTERS_TABLE: engine.tableName,
      HEADGATE_REGISTRY_TABLE: table,
      HEADGATE_GATE: 'shop',
      HEADGATE_SOFT_DENY_APIS: 'h77p',
    };
  }, 180_000);
  afterAll(() => rmSync(folder, { recursive: true, force: true }));

  test('is at most 450 KiB', () => {
    expect(statSync(path.join(folder, 'index.mjs')).size).toBeLessThanOrEqual(MAX_BUNDLE);
  });

  test('decides on events of both kinds, and logs no key', async () => {
    const { answers, output } = await serve([
      ...Array.from({ length: 5 }, () => restEvent({ key })),
      restEvent({ key }),
      httpEvent({ key }),
      httpEvent({ ip: '203.0.113.9' }),
      restEvent({ ip: '192.0.2.77' }),
      restEvent({ key: 'nobody-has-this-key-0001', ip: '203.0.113.10' }),
    ]);
    expect(answers.slice(0, 5).map((answer) => answer.context.remaining)).toEqual(['4', '3', '2', '1', '0']);
    expect(answers[5]!.policyDocument!.Statement[0]!.Effect).toBe('Deny');
    expect(answers[5]!.context).toMatchObject({ verdict: 'limited', client: 'acme', limitName: 'client' });
    expect(answers[6]).toMatchObject({ isAuthorized: true, context: { verdict: 'limited', client: 'acme' } });
    expect(answers[7]).toMatchObject({
      isAuthorized: true,
      context: { verdict: 'allowed', limit: '3', remaining: '2' },
    });
    expect(answers[8]).toEqual({ error: 'Unauthorized' });
    expect(answers[9]!.context).toMatchObject({ verdict: 'allowed', limit: '3', tier: 'free' });
    expect(output).not.toContain(key);
    const lines = output
      .split('\n')
      .filter(Boolean)
      .map((line) => JSON.parse(line));
    expect(lines.filter((line) => line.message === 'Request turned away').map((line) => line.event)).toEqual([
      'limited',
      'limited',
      'blocked',
    ]);
    expect(lines.filter((line) => line._aws).map((line) => Object.keys(line).at(-1))).toEqual([
      ...Array.from({ length: 5 }, () => 'Allowed'),
      'Limited',
      'Limited',
      'Allowed',
      'Unauthorized',
      'Allowed',
    ]);
    expect(lines.filter((line) => line.level === 'WARN' || line.level === 'ERROR')).toEqual([]);
  }, 30_000);

  test('two containers share the counters', async () => {
    const event = restEvent({ ip: '203.0.113.50' });
    const both = await Promise.all([serve([event, event, event]), serve([event, event, event])]);
    const verdicts = both.flatMap(({ answers }) => answers.map(({ context }) => context.verdict));
    expect(verdicts.filter((verdict) => verdict === 'allowed')).toHaveLength(3);
  }, 30_000);

  test('passes requests while nothing can be asked, and says so', async () => {
    const { answers, output } = await serve([restEvent({ key }), httpEvent()], {
      AWS_ENDPOINT_URL: 'http://127.0.0.1:9',
    });
    expect(answers.map(({ context }) => context.verdict)).toEqual(['allowed', 'allowed']);
    expect(output).toContain('"FailedOpen":1');
    expect(output).toContain('HG320');
    expect(output).not.toContain(key);
  }, 30_000);

  /** Hands events to the function one after another; answers come back on a channel beside stdout and stderr. */
  async function serve(events: readonly object[], more: Record<string, string> = {}) {
    const child = spawn(process.execPath, ['serve.mjs'], {
      cwd: folder,
      env: { ...environment, ...more },
      stdio: ['pipe', 'pipe', 'pipe', 'pipe'],
    });
    let output = '';
    for (const stream of [child.stdout, child.stderr]) stream?.on('data', (chunk) => (output += chunk));
    const exited = new Promise((resolve) => child.once('close', resolve));
    child.stdin!.end(events.map((event) => `${JSON.stringify(event)}\n`).join(''));
    const answers: (Answer & { error?: string })[] = [];
    for await (const line of createInterface({ input: child.stdio[3] as NodeJS.ReadableStream })) {
      answers.push(JSON.parse(line));
    }
    expect(await exited).toBe(0);
    return { answers, output };
  }
});

const SERVE = `
import { writeSync } from 'node:fs';
import { createInterface } from 'node:readline';
const { handler } = await import('./index.mjs');
for await (const line of createInterface({ input: process.stdin })) {
  const answer = await handler(JSON.parse(line)).catch((error) => ({ error: error.message }));
  writeSync(3, JSON.stringify(answer) + '\\n');
}
process.exit(0);
`;
