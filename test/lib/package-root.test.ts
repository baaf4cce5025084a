import { mkdirSync, mkdtempSync, realpathSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import path from 'node:path';
import { packageRoot } from '../../lib/package-root.ts';

const write = (folder: string, content: unknown) => {
  mkdirSync(folder, { recursive: true });
  writeFileSync(path.join(folder, 'package.json'), JSON.stringify(content));
};

test('from this checkout: the folder of its package.json', () => {
  expect(packageRoot()).toBe(path.resolve(__dirname, '..', '..'));
});

test('skips the package.json that only says which kind of module a build is', () => {
  const root = realpathSync(mkdtempSync(path.join(tmpdir(), 'headgate-test-')));
  write(root, { name: 'headgate' });
  write(path.join(root, 'dist', 'cjs'), { type: 'commonjs' });
  expect(packageRoot(path.join(root, 'dist', 'cjs', 'lib'))).toBe(root);
});

test('without one: says from where it looked', () => {
  const root = realpathSync(mkdtempSync(path.join(tmpdir(), 'headgate-test-')));
  write(root, { name: 'somebody-else' });
  expect(() => packageRoot(root)).toThrow(root);
});
