import { spawn } from 'node:child_process';
import { cpSync, mkdirSync, mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { createServer, type Server } from 'node:http';
import type { AddressInfo } from 'node:net';
import path from 'node:path';
import { createInterface } from 'node:readline';
import { build, type Metafile } from 'esbuild';
import { blockSubject } from '../../bin/registry/blocks.ts';
import { addClient } from '../../bin/registry/clients.ts';
import { handlerBundle } from '../../scripts/handler-bundle.ts';
import { type Answer, httpEvent, policyOf, restEvent } from '../authorizer/world.ts';
import { useEngine } from '../support/engine/use-engine.ts';
import { keySet, signingKey, signToken } from '../support/tokens.ts';
import { createRegistryTable } from './registry-table.ts';

/** What a container loads when it starts, KiB, the SDK included; then what it loads besides where a policy has tokens. */
const MOST = { atStart: 450, forTokens: 20 };
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
  let metafile: Metafile;
  let key = '';
  let environment: Record<string, string> = {};

  beforeAll(async () => {
    mkdirSync(path.join(root, '.local-aws'), { recursive: true });
    folder = mkdtempSync(path.join(root, '.local-aws', 'authorizer-'));
    const entry = path.join(root, 'lambda/authorizer/authorizer.lambda.ts');
    ({ metafile } = await build({ ...handlerBundle(entry, folder), absWorkingDir: folder, metafile: true }));
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
      // Metrics with each request, which come further apart: see SERVE.
      HEADGATE_FLUSH_MS: '1',
    };
  }, 180_000);
  afterAll(() => rmSync(folder, { recursive: true, force: true }));

  test('loads at most 450 KiB at its start, and what checks tokens is not among it', () => {
    const atStart = loadedWith('index.mjs');
    const tokens = Object.entries(metafile.outputs).find(([, { entryPoint }]) =>
      entryPoint?.includes('token-verifier'),
    );
    const forTokens = [...loadedWith(tokens![0])].filter((file) => !atStart.has(file));
    expect(kib(atStart)).toBeGreaterThan(100);
    expect(kib(atStart)).toBeLessThanOrEqual(MOST.atStart);
    expect(forTokens).toContain(tokens![0]);
    expect(kib(forTokens)).toBeLessThanOrEqual(MOST.forTokens);
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
    const metrics = lines.filter((line) => line._aws);
    const kinds = ['Allowed', 'Limited', 'Unauthorized'] as const;
    expect(
      metrics.filter((line) => line.Gate === 'shop' && line.Api).map((line) => kinds.find((kind) => line[kind] === 1)),
    ).toEqual([
      ...Array.from({ length: 5 }, () => 'Allowed'),
      'Limited',
      'Limited',
      'Allowed',
      'Unauthorized',
      'Allowed',
    ]);
    expect(metrics.filter((line) => line.Limit === 'client').map((line) => line.Limited)).toEqual([1, 1]);
    expect(metrics.map((line) => line.ColdStart ?? 0)).toEqual([1, ...Array(metrics.length - 1).fill(0)]);
    const sum = (name: string) => metrics.flatMap((line) => line[name] ?? 0).reduce((all, value) => all + value, 0);
    // The two that are over the limit are denied from memory, the blocked one before anything is counted.
    expect(sum('WriteUnits')).toBe(7);
    expect(sum('StoreLatency')).toBeGreaterThan(0);
    expect(sum('AuthorizerErrors')).toBe(0);
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

  describe('with tokens', () => {
    const key = signingKey('k1');
    let issuer: Server;
    let origin = '';
    let withTokens = '';
    let fetches = 0;

    beforeAll(async () => {
      issuer = createServer((_, response) => {
        fetches++;
        response.end(JSON.stringify(keySet(key)));
      });
      await new Promise<void>((resolve) => issuer.listen(0, '127.0.0.1', resolve));
      origin = `http://127.0.0.1:${(issuer.address() as AddressInfo).port}`;
      withTokens = `${folder}-tokens`;
      cpSync(folder, withTokens, { recursive: true });
      const yaml = `identify:\n  - jwt: { issuer: "${origin}", audience: api }\nlimits:\n  a: { per: client, rate: 2/minute }\n`;
      writeFileSync(path.join(withTokens, 'policy.json'), JSON.stringify(policyOf(yaml)));
    });
    afterAll(async () => {
      rmSync(withTokens, { recursive: true, force: true });
      issuer.closeAllConnections();
      await new Promise((resolve) => issuer.close(resolve));
    });
    const token = (more: object = {}) =>
      signToken(key, { iss: origin, aud: 'api', sub: 'user-7', exp: Date.now() / 1000 + 600, ...more });

    test('knows clients by them, fetches the keys once, and logs none', async () => {
      const [right, expired] = [token(), token({ exp: 1 })];
      const { answers, output } = await serve(
        [...[right, right, right].map((one) => restEvent({ token: one })), restEvent({ token: expired })],
        {},
        withTokens,
      );
      expect(answers.map(({ context }) => [context.client, context.verdict])).toEqual([
        ['jwt:user-7', 'allowed'],
        ['jwt:user-7', 'allowed'],
        ['jwt:user-7', 'limited'],
        [undefined, 'allowed'],
      ]);
      expect(fetches).toBe(1);
      expect(output).toContain('"reason":"expired"');
      for (const one of [right, expired]) for (const piece of one.split('.')) expect(output).not.toContain(piece);
    }, 30_000);

    test('answers without the issuer, and says that it is gone', async () => {
      const yaml = `identify:\n  - jwt: { issuer: "http://127.0.0.1:9", audience: api }\nlimits:\n  a: { per: client, rate: 2/minute }\n`;
      writeFileSync(path.join(withTokens, 'policy.json'), JSON.stringify(policyOf(yaml)));
      const one = token({ iss: 'http://127.0.0.1:9' });
      const { answers, output } = await serve([restEvent({ token: one, ip: '203.0.113.77' })], {}, withTokens);
      expect(answers).toMatchObject([{ context: { verdict: 'allowed' } }]);
      expect(answers[0]!.context).not.toHaveProperty('client');
      expect(output).toContain('HG333');
      expect(output).toContain('"StoreErrors":1');
    }, 30_000);
  });

  /** The files that are loaded with a file, itself among them; what it imports later is not. */
  function loadedWith(file: string, found = new Set<string>()): Set<string> {
    if (found.has(file)) return found;
    found.add(file);
    for (const { path: imported, kind, external } of metafile.outputs[file]!.imports) {
      if (kind === 'import-statement' && !external) loadedWith(imported, found);
    }
    return found;
  }
  function kib(files: Iterable<string>): number {
    return [...files].reduce((sum, file) => sum + metafile.outputs[file]!.bytes, 0) / 1024;
  }

  /** Hands events to the function one after another; answers come back on a channel beside stdout and stderr. */
  async function serve(events: readonly object[], more: Record<string, string> = {}, cwd = folder) {
    const child = spawn(process.execPath, ['serve.mjs'], {
      cwd,
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
  await new Promise((resolve) => setTimeout(resolve, 3));
  const answer = await handler(JSON.parse(line)).catch((error) => ({ error: error.message }));
  writeSync(3, JSON.stringify(answer) + '\\n');
}
process.exit(0);
`;
