import { globSync, readFileSync } from 'node:fs';
import path from 'node:path';

const root = path.join(__dirname, '..', '..');
const read = (file: string) => readFileSync(path.join(root, file), 'utf8');

/** Each code of the sources with the first file that has it. */
function codesInSources(): ReadonlyMap<string, string> {
  const codes = new Map<string, string>();
  for (const file of globSync('{lambda,lib,bin,local}/**/*.ts', { cwd: root }).sort()) {
    for (const [code] of read(file).matchAll(/\bHG\d{3}\b/g)) if (!codes.has(code)) codes.set(code, file);
  }
  return codes;
}

const headings = [...read('docs/reference/errors.md').matchAll(/^#{2,4} (HG\d{3})\b(.*)$/gm)].map(
  ([, code, title]) => ({
    code: code!,
    title: title!.trim(),
  }),
);

test('every code in the sources has its entry in errors.md, and every entry a source', () => {
  const documented = new Set(headings.map(({ code }) => code));
  const sources = codesInSources();
  expect(sources.size).toBeGreaterThan(20);
  expect([...sources].filter(([code]) => !documented.has(code)).map((entry) => entry.join(' in '))).toEqual([]);
  expect([...documented].filter((code) => !sources.has(code))).toEqual([]);
});

test('each entry stands once, in order, with a title', () => {
  const codes = headings.map(({ code }) => code);
  expect(codes).toEqual([...new Set(codes)].sort());
  expect(headings.filter(({ title }) => title === '')).toEqual([]);
});
