import { mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import path from 'node:path';
import { createProgram, runProgram } from '../../bin/cli/program.ts';
import { register as block } from '../../bin/commands/block.ts';
import { register as client } from '../../bin/commands/client.ts';
import { register as unblock } from '../../bin/commands/unblock.ts';
import type { Connect } from '../../bin/registry/command-options.ts';
import type { Registry } from '../../bin/registry/registry-table.ts';
import { hashKey } from '../../lambda/identity/api-key.ts';
import { dynamodbRegistry } from '../../lambda/identity/dynamodb-registry.ts';
import { useEngine } from '../support/engine/use-engine.ts';
import { createRegistryTable } from './registry-table.ts';

const engine = useEngine();
let registry: Registry;
let connected: unknown[];
const connect: Connect = async (choice) => {
  connected.push(choice);
  return registry;
};
beforeEach(async () => {
  connected = [];
  registry = { client: engine.client, table: await createRegistryTable(engine.client), now: () => 1_800_000_000_000 };
});

async function run(...args: string[]) {
  let out = '';
  let err = '';
  const program = createProgram(
    [client, block, unblock].map((register) => (parent) => register(parent, connect)),
    '0.0.0',
    {
      writeOut: (text) => (out += text),
      writeErr: (text) => (err += text),
    },
  );
  const code = await runProgram(program, args);
  return { code, out, err };
}
const reader = () => dynamodbRegistry(registry.client, registry.table);

describe('headgate client', () => {
  test('add shows before, after, undo and the key, once', async () => {
    const { code, out, err } = await run('client', 'add', 'acme', '--tier', 'gold', '--stack', 'Shop');
    expect(code).toBe(0);
    expect(out).toMatch(
      /^before {2}no client acme\nafter {3}client acme, tier gold\nundo {4}npx headgate client remove acme --stack Shop\nkey {5}([0-9A-Za-z]{40})\n$/,
    );
    expect(err).toContain('cannot be shown again');
    const key = out.trim().split(/\s+/).at(-1)!;
    expect(await reader().clientByKey(hashKey(key))).toEqual({ client: 'acme', tier: 'gold' });
    for (const args of [
      ['client', 'list'],
      ['client', 'show', 'acme'],
      ['client', 'list', '--json'],
    ]) {
      const later = await run(...args);
      expect(later.out).toContain('acme');
      expect(later.out + later.err).not.toContain(key);
      expect(later.out).not.toContain(hashKey(key));
    }
    expect(connected[0]).toMatchObject({ stack: 'Shop' });
  });

  test('add --json gives the key to programs', async () => {
    const { out } = await run('client', 'add', 'acme', '--tier', 'gold', '--json');
    const { key, before, after, undo, dryRun } = JSON.parse(out);
    expect([before, dryRun, undo]).toEqual([null, false, 'npx headgate client remove acme']);
    expect(after).toMatchObject({ id: 'acme', tier: 'gold', keyFingerprint: hashKey(key).slice(0, 12) });
  });

  test('a key as an argument is refused, and not repeated', async () => {
    const { code, out, err } = await run('client', 'add', 'acme', '--tier', 'gold', '--key', 'my-own-key-0123456789');
    expect(code).toBe(2);
    expect(out + err).not.toContain('my-own-key');
    expect(err).toContain('--key -');
    expect(connected).toEqual([]);
  });

  test.each([
    [['client', 'add', 'a:b', '--tier', 'gold'], 'is no client id'],
    [['client', 'add', 'acme'], 'which tier?'],
    [['client', 'add', 'acme', '--tier', 'No Such'], 'cannot be a name'],
    [['client', 'set-tier', 'acme', 'gold', '--policy', '/nowhere.yaml'], 'there is no file'],
  ])('%j is refused before anything is asked', async (args, message) => {
    const { code, err } = await run(...args);
    expect(code).not.toBe(0);
    expect(err).toContain(message);
    expect(connected).toEqual([]);
  });

  test('tiers are checked against a policy, whose first is the default', async () => {
    const folder = mkdtempSync(path.join(tmpdir(), 'headgate-'));
    const file = path.join(folder, 'headgate.yaml');
    writeFileSync(file, 'tiers: [bronze, silver]\nlimits:\n  all:\n    per: all\n    rate: 5/minute\n');
    const wrong = await run('client', 'add', 'acme', '--tier', 'gold', '--policy', file);
    expect([wrong.code, wrong.err]).toEqual([2, expect.stringContaining('Its tiers: bronze, silver.')]);
    expect((await run('client', 'add', 'acme', '--policy', file)).out).toContain('tier bronze');
    rmSync(folder, { recursive: true });
  });

  test('set-tier and remove show before, after and undo; --dry-run writes nothing', async () => {
    await run('client', 'add', 'acme', '--tier', 'free');
    const dry = await run('client', 'set-tier', 'acme', 'gold', '--dry-run');
    expect(dry.out).toBe('before  client acme, tier free\nafter   client acme, tier gold\n');
    expect(dry.err).toContain('Nothing was written');
    expect((await run('client', 'list')).out).toContain('free');
    const { out } = await run('client', 'set-tier', 'acme', 'gold');
    expect(out).toBe(`${dry.out}undo    npx headgate client set-tier acme free\n`);
    expect((await run('client', 'remove', 'acme', '--dry-run')).code).toBe(0);
    const removed = await run('client', 'remove', 'acme', '--json');
    expect(JSON.parse(removed.out)).toMatchObject({ before: { id: 'acme', tier: 'gold' }, after: null, dryRun: false });
    expect((await run('client', 'list')).err).toContain('There are no clients');
    expect(await run('client', 'show', 'acme')).toMatchObject({ code: 1, err: expect.stringContaining('HG231') });
  });
});

describe('headgate block and unblock', () => {
  test('show before, after and how to undo it', async () => {
    const blocked = await run('block', 'address:203.0.113.9/24', '--for', '2h', '--reason', "it's scraping", '--json');
    const { before, after, undo } = JSON.parse(blocked.out);
    expect([before, undo]).toEqual([null, 'npx headgate unblock address:203.0.113.0/24']);
    expect(after).toMatchObject({ subject: 'address:203.0.113.0/24', until: 1_800_007_200, reason: "it's scraping" });
    expect(await reader().blocks()).toEqual([{ subject: 'address:203.0.113.0/24', until: 1_800_007_200 }]);

    const lifted = await run('unblock', 'address:203.0.113.0/24');
    expect(lifted.out).toMatch(
      /^before {2}address:203\.0\.113\.0\/24 is blocked until 2027-01-15T10:00:00.000Z \(it's scraping/,
    );
    expect(lifted.out).toContain(
      "undo    npx headgate block address:203.0.113.0/24 --for 7200s --reason 'it'\\''s scraping'",
    );
    expect(await reader().blocks()).toEqual([]);
    expect(await run('unblock', 'address:203.0.113.0/24')).toMatchObject({
      code: 1,
      err: expect.stringContaining('is not blocked'),
    });
  });

  test('a second block is undone by the first', async () => {
    await run('block', 'client:acme', '--for', '1h');
    const { out } = await run('block', 'client:acme', '--registry', registry.table);
    expect(out).toContain('after   client:acme is blocked (');
    expect(out).toContain(`undo    npx headgate block client:acme --for 3600s --registry ${registry.table}`);
  });

  test('--dry-run writes nothing', async () => {
    expect((await run('block', 'client:acme', '--dry-run')).err).toContain('Nothing was written');
    expect(await reader().blocks()).toEqual([]);
    await run('block', 'client:acme');
    expect((await run('unblock', 'client:acme', '--dry-run')).code).toBe(0);
    expect(await reader().blocks()).toHaveLength(1);
    expect((await run('client', 'show', 'acme')).code).toBe(1);
  });

  test.each([
    ['block', 'everybody'],
    ['block', 'address:0.0.0.0/0'],
    ['block', 'client:acme', '--for', 'ever'],
    ['block', 'client:acme', '--reason', 'two\nlines'],
    ['unblock', 'acme'],
  ])('%s %s %s %s is a wrong command line', async (...args) => {
    expect((await run(...args)).code).toBe(2);
    expect(connected).toEqual([]);
  });
});
