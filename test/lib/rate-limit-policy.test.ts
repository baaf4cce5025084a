import { mkdtempSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import path from 'node:path';
import { PolicyError, RateLimitPolicy } from '../../lib/index.ts';
import { POLICY } from './support/stacks.ts';

const folder = mkdtempSync(path.join(tmpdir(), 'headgate-test-'));

describe('RateLimitPolicy.fromFile', () => {
  test('reads what fromString reads', () => {
    const file = path.join(folder, 'headgate.yaml');
    writeFileSync(file, POLICY);
    expect(RateLimitPolicy.fromFile(file).compiled).toEqual(RateLimitPolicy.fromString(POLICY).compiled);
  });

  test('a file that is not there: its path, from where it is taken, and the mend', () => {
    const read = () => RateLimitPolicy.fromFile('no-such.yaml');
    expect(read).toThrow(/^HG221: The policy file "no-such\.yaml" cannot be read \(ENOENT\)/);
    expect(read).toThrow(process.cwd());
    expect(read).toThrow(/headgate init/);
  });

  test('problems of the policy come as they are, with the file’s name', () => {
    const file = path.join(folder, 'wrong.yaml');
    writeFileSync(file, 'limits:\n  a: { per: clinet, rate: 0/minute }\n');
    const read = () => RateLimitPolicy.fromFile(file);
    expect(read).toThrow(PolicyError);
    expect(read).toThrow(/^HG101: .*wrong\.yaml/);
  });
});

describe('problemsOn', () => {
  const policy = RateLimitPolicy.fromString('limits:\n  a: { per: address, routes: [POST /login], rate: 5/minute }\n');

  test.each([[['POST /login']], [['ANY /{proxy+}']], [['$default']]])('none on %j', (routes) => {
    expect(policy.problemsOn(routes)).toEqual([]);
  });

  test('a route that is on none of them', () => {
    expect(policy.problemsOn(['GET /login'])).toEqual([expect.stringMatching(/headgate\.yaml:2:\d+ HG122/)]);
  });
});
