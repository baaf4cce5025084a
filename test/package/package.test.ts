import { mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import path from 'node:path';
import { consumerApp, pack, useHeadgate } from '../../scripts/consumer-app.ts';
import { must, root, run } from '../../scripts/process.ts';

const MINUTE = 60_000;
let folder: string;
let app: string;

beforeAll(async () => {
  folder = mkdtempSync(path.join(tmpdir(), 'headgate-package-'));
  app = await consumerApp(folder, await pack(folder));
}, 5 * MINUTE);
afterAll(() => rmSync(folder, { recursive: true, force: true }));

describe('the packed package in a fresh cdk init app', () => {
  test('ships what a deployment needs, and neither sources nor tests', () => {
    const manifest = JSON.parse(readFileSync(path.join(app, 'node_modules/headgate/package.json'), 'utf8'));
    expect(manifest.exports).toHaveProperty(['.', 'require', 'types']);
    const handler = path.join(app, 'node_modules/headgate/dist/handlers/authorizer');
    // Every part that the entry or another part loads, at its start or later.
    const parts = new Set(['index.mjs']);
    for (const file of parts) {
      const text = readFileSync(path.join(handler, file), 'utf8');
      for (const [, part] of text.matchAll(/["']\.\/([\w-]+\.mjs)["']/g)) parts.add(part!);
    }
    expect([...parts].filter((part) => part.startsWith('token-verifier-'))).toHaveLength(1);
    // What is bundled is passed on: its licences have to be, too.
    const licences = readFileSync(path.join(handler, '..', 'THIRD-PARTY.txt'), 'utf8');
    for (const title of [/^@aws-sdk\/client-dynamodb \S+ \(Apache-2\.0\)$/m, /^ipaddr\.js \S+ \(MIT\)$/m]) {
      expect(licences).toMatch(title);
    }
    expect(licences).toContain('Copyright (C) 2011-2017 whitequark');
    for (const absent of ['lib', 'lambda', 'test', 'scripts', 'local']) {
      expect(() => readFileSync(path.join(app, 'node_modules/headgate', absent))).toThrow(/ENOENT/);
    }
  });

  test.each([
    ['CommonJS', 'probe.cjs', (name: string) => `const m = require('${name}');`],
    ['ESM', 'probe.mjs', (name: string) => `import * as m from '${name}';`],
  ])('loads as %s', async (_kind, file, load) => {
    const expected: Record<string, string> = {
      headgate: 'Headgate',
      'headgate/limiter': 'createLimiter',
      'headgate/policy': 'policyFromFile',
      'headgate/middleware': 'rateLimitHeaders',
      'headgate/rate-limit': 'rateLimit',
      'headgate/authorizer': 'withRateLimit',
    };
    for (const [name, member] of Object.entries(expected)) {
      const probe = path.join(app, file);
      writeFileSync(probe, `${load(name)}\nconsole.log(typeof m.${member});\n`);
      const { output } = await must(process.execPath, [probe], { cwd: app });
      expect([name, output.trim()]).toEqual([name, 'function']);
    }
  });

  test('the limiter alone brings no parser into a bundle', async () => {
    const loaded =
      'Object.keys(require.cache).filter((file) => /node_modules.(yaml|zod|aws-cdk-lib)./.test(file)).length';
    const probe = path.join(app, 'cache.cjs');
    for (const [name, some] of [
      ['limiter', false],
      ['policy', true],
    ] as const) {
      writeFileSync(probe, `require('headgate/${name}');\nconsole.log(${loaded} > 0);\n`);
      expect((await must(process.execPath, [probe], { cwd: app })).output.trim()).toBe(String(some));
    }
  });

  test.each([
    ['CommonJS', 'cts'],
    ['ESM', 'mts'],
  ])(
    'has types for %s under module nodenext, strict, libraries checked',
    async (_kind, extension) => {
      const file = path.join(app, `probe.${extension}`);
      writeFileSync(
        file,
        [
          "import { Headgate, RateLimitPolicy, type HeadgateProps } from 'headgate';",
          "import { createLimiter, Limiter, type RequestLimiter } from 'headgate/limiter';",
          "import { policyFromFile } from 'headgate/policy';",
          "import { rateLimitHeaders } from 'headgate/middleware';",
          "import { rateLimit } from 'headgate/rate-limit';",
          "import { withRateLimit } from 'headgate/authorizer';",
          'export const handler = withRateLimit(async (_event: object, _context: object) => ({ isAuthorized: true, context: { id: "a" } }), {',
          '  clientOf: (answer) => answer.context.id,',
          '});',
          'export const props: HeadgateProps = { policy: RateLimitPolicy.fromFile("headgate.yaml") };',
          'export const all = [Headgate, Limiter, rateLimitHeaders];',
          'const policy = policyFromFile("headgate.yaml");',
          'export const failures = rateLimit({ name: "log-in", rate: "5/hour", countOnly: (r: { statusCode: number }) => r.statusCode === 401 });',
          'export const limiter: RequestLimiter = createLimiter({ policy, table: "counters" });',
        ].join('\n'),
      );
      const compilerOptions = { noEmit: true, strict: true, module: 'nodenext', target: 'es2022', types: ['node'] };
      const project = path.join(app, `tsconfig.${extension}.json`);
      writeFileSync(project, JSON.stringify({ compilerOptions, include: [], files: [`probe.${extension}`] }));
      const { output, code } = await run(path.join(app, 'node_modules/.bin/tsc'), ['-p', project], { cwd: app });
      expect(output.trim()).toBe('');
      expect(code).toBe(0);
    },
    MINUTE,
  );

  test(
    'the app synthesises and its own jest passes, with Headgate before its API',
    async () => {
      useHeadgate(app);
      const synth = await must('npx', ['cdk', 'synth', '--quiet', '--no-notices'], { cwd: app });
      expect(synth.code).toBe(0);
      await must('npx', ['jest'], { cwd: app });
      const template = readFileSync(path.join(app, 'cdk.out/ShopStack.template.json'), 'utf8');
      expect(template).toContain('AWS::DynamoDB::Table');
    },
    3 * MINUTE,
  );

  test(
    'its command line runs',
    async () => {
      const { output } = await must('npx', ['headgate', '--help'], { cwd: app });
      expect(output).toContain('validate');
      const client = await must('npx', ['headgate', 'docs', '--client', 'python'], { cwd: app });
      expect(client.output).toBe(readFileSync(path.join(root, 'examples/clients/rate_limited.py'), 'utf8'));
      const version = JSON.parse(readFileSync(path.join(root, 'package.json'), 'utf8')).version;
      expect((await must('npx', ['headgate', '--version'], { cwd: app })).output.trim()).toBe(version);
    },
    MINUTE,
  );
});
