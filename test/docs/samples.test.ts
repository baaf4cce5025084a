import { spawnSync } from 'node:child_process';
import { cpSync, mkdirSync, mkdtempSync, readdirSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import path from 'node:path';
import { NOT_INSTALLED, PRELUDES } from './preludes.ts';

/** Every TypeScript sample of the README and the guides is compiled against the sources, as strictly as these. */
const root = path.join(__dirname, '..', '..');
const guides = readdirSync(path.join(root, 'docs', 'guide')).map((name) => `docs/guide/${name}`);
const pages = ['README.md', ...guides].filter((name) => name.endsWith('.md'));
const entries = {
  headgate: 'lib/index.ts',
  'headgate/limiter': 'lambda/standalone/index.ts',
  'headgate/policy': 'lambda/policy/index.ts',
  'headgate/authorizer': 'lambda/own-authorizer/index.ts',
  'headgate/middleware': 'lambda/middleware/index.ts',
  'headgate/rate-limit': 'lambda/middleware/rate-limit.ts',
};

interface Sample {
  /** `guide/attach.md 1`: the first sample of that page. */
  readonly name: string;
  readonly code: string;
}

function samplesOf(page: string): Sample[] {
  const text = readFileSync(path.join(root, page), 'utf8');
  return [...text.matchAll(/^( *)```ts\n(.*?)^ *```$/gms)].map(([, , code], i) => ({
    name: `${page.replace('docs/', '')} ${i + 1}`,
    code: code!,
  }));
}

/** A file of its own: what the page leaves to the reader first, then the sample, in a function where it is no module. */
function asModule({ name, code }: Sample): string {
  const prelude = PRELUDES[name] ?? '';
  if (/^export /m.test(code)) return `${prelude}\n${code}`;
  const imports = code.match(/^import .*$/gm) ?? [];
  const body = code.replace(/^import .*$/gm, '');
  return `${prelude}\n${imports.join('\n')}\nexport async function sample(this: import('aws-cdk-lib').Stack) {\n${body}\n}`;
}

const samples = pages.flatMap(samplesOf);
let folder: string;
beforeAll(() => {
  // Below the project, where packages are found; ignored by git.
  mkdirSync(path.join(root, '.local-aws'), { recursive: true });
  folder = mkdtempSync(path.join(root, '.local-aws', 'samples-'));
});
afterAll(() => rmSync(folder, { recursive: true, force: true }));

test('every TypeScript sample compiles', () => {
  expect(samples.length).toBeGreaterThan(12);
  writeFileSync(path.join(folder, 'package.json'), '{ "type": "module" }');
  writeFileSync(path.join(folder, 'backend-limits.json'), '{}');
  cpSync(path.join(root, 'examples', 'clients', 'rate-limited-fetch.ts'), path.join(folder, 'rate-limited-fetch.ts'));
  mkdirSync(path.join(folder, 'support'));
  writeFileSync(path.join(folder, 'support', 'example.ts'), "export * from '../../../test/e2e/support/example.ts';");
  writeFileSync(path.join(folder, 'not-installed.d.ts'), NOT_INSTALLED);
  for (const sample of samples) {
    writeFileSync(path.join(folder, `${sample.name.replace(/[/ ]/g, '_')}.ts`), asModule(sample));
  }
  const config = {
    extends: '../../tsconfig.json',
    compilerOptions: {
      // A sample shows what it makes, and does nothing with it.
      noUnusedLocals: false,
      noUnusedParameters: false,
      module: 'esnext',
      moduleResolution: 'bundler',
      paths: Object.fromEntries(Object.entries(entries).map(([name, file]) => [name, [path.join(root, file)]])),
    },
    include: ['*.ts'],
    exclude: [],
  };
  writeFileSync(path.join(folder, 'tsconfig.json'), JSON.stringify(config));
  const tsc = path.join(root, 'node_modules', 'typescript', 'bin', 'tsc');
  const { stdout, stderr } = spawnSync(process.execPath, [tsc, '-p', folder, '--pretty', 'false'], {
    encoding: 'utf8',
  });
  const wrong = `${stdout}${stderr}`.split('\n').filter((line) => /error TS|Error:/.test(line));
  expect(wrong).toEqual([]);
}, 60_000);
