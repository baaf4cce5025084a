import type { CloudFormationClient } from '@aws-sdk/client-cloudformation';
import { UsageError } from '../../bin/cli/exit.ts';
import { quoted } from '../../bin/registry/command-options.ts';
import { parseDuration } from '../../bin/registry/duration.ts';
import { findRegistryTable } from '../../bin/registry/find-table.ts';
import { generateKey } from '../../bin/registry/generate-key.ts';
import { readKey } from '../../bin/registry/read-key.ts';
import { parseSubject } from '../../bin/registry/subject.ts';
import { isKeyText } from '../../lambda/identity/api-key.ts';

describe('parseSubject', () => {
  test.each([
    ['client:acme', 'client:acme'],
    ['client:apigw:abc123', 'client:apigw:abc123'],
    ['address:203.0.113.7', 'address:203.0.113.7'],
    ['address:203.0.113.7/32', 'address:203.0.113.7'],
    ['address:203.0.113.77/24', 'address:203.0.113.0/24'],
    ['address:::ffff:203.0.113.7', 'address:203.0.113.7'],
    ['address:2001:DB8::1', 'address:2001:db8::/64'],
    ['address:2001:db8:1:2:3::/80', 'address:2001:db8:1:2::/64'],
    ['address:2001:db8:1:2::/64', 'address:2001:db8:1:2::/64'],
    ['address:2001:db8::/32', 'address:2001:db8::/32'],
  ])('%s is %s', (text, subject) => {
    expect(parseSubject(text)).toBe(subject);
  });
  test.each([
    'acme',
    'client:',
    'client:a b',
    'client:apigw:',
    'address:',
    'address:somewhere',
    'address:203.0.113.0/33',
    'address:0.0.0.0/0',
    'address:::/0',
    'route:GET /x',
    'all',
    '',
  ])('%p is refused', (text) => {
    expect(() => parseSubject(text)).toThrow(UsageError);
  });
});

describe('parseDuration', () => {
  test.each([
    ['90s', 90],
    ['30m', 1800],
    ['2h', 7200],
    ['7d', 604_800],
    ['3650d', 315_360_000],
  ])('%s is %i seconds', (text, seconds) => {
    expect(parseDuration(text)).toBe(seconds);
  });
  test.each(['', '0s', '2', 'h', '-1h', '1.5h', '2 h', '3651d', '999999999d', '1w'])('%p is refused', (text) => {
    expect(() => parseDuration(text)).toThrow(UsageError);
  });
});

describe('keys', () => {
  test('made by us are all different, and API Gateway takes them', () => {
    const keys = new Set(Array.from({ length: 500 }, generateKey));
    expect(keys.size).toBe(500);
    for (const key of keys) expect(isKeyText(key) && /^[0-9A-Za-z]{40}$/.test(key)).toBe(true);
    const letters = new Set([...keys].join(''));
    expect(letters.size).toBe(62);
  });
  const input = async function* (...chunks: string[]) {
    yield* chunks.map((chunk) => Buffer.from(chunk));
  };
  test('are read from standard input, without the end of the line', async () => {
    expect(await readKey(input('my-own-', 'key-0123456789\n'))).toBe('my-own-key-0123456789');
    expect(await readKey(input('my-own-key-0123456789\r\n'))).toBe('my-own-key-0123456789');
  });
  test.each([
    ['nothing', ''],
    ['an empty line', '\n'],
    ['two lines', 'one\ntwo\n'],
    ['no end', 'x'.repeat(5000)],
  ])('%s is refused, unrepeated', async (_, text) => {
    const error = await readKey(input(text)).catch((error: Error) => error);
    expect(error).toBeInstanceOf(UsageError);
    if (text.trim() !== '') expect(String(error)).not.toContain(text.slice(0, 20));
  });
});

describe('findRegistryTable', () => {
  const stack = (StackName: string, outputs: Record<string, string>) => ({
    StackName,
    Outputs: Object.entries(outputs).map(([OutputKey, OutputValue]) => ({ OutputKey, OutputValue })),
  });
  const shop = stack('Shop', { ApiUrl: 'https://...', ShopHeadgateRegistryTable1A2B: 'shop-registry' });
  const notes = stack('Notes', { HeadgateRegistryTable: 'notes-registry' });
  const other = stack('Other', { Bucket: 'b' });
  const never = () => {
    throw new Error('CloudFormation was asked');
  };
  const account = (...stacks: object[]) => {
    const asked: unknown[] = [];
    const send = async ({ input }: { input: { StackName?: string; NextToken?: string } }) => {
      asked.push(input.StackName);
      if (input.StackName !== undefined)
        return { Stacks: stacks.filter((one) => (one as typeof shop).StackName === input.StackName) };
      const page = Number(input.NextToken ?? 0);
      return { Stacks: [stacks[page]], ...(page + 1 < stacks.length ? { NextToken: String(page + 1) } : {}) };
    };
    return { asked, client: () => ({ send }) as unknown as CloudFormationClient };
  };

  test('a table that is named is taken, on the command line before the environment', async () => {
    const environment = { HEADGATE_REGISTRY_TABLE: 'from-environment' };
    expect(await findRegistryTable({ registry: 'named' }, environment, never)).toBe('named');
    expect(await findRegistryTable({}, environment, never)).toBe('from-environment');
  });
  test('a stack that is named comes before the environment', async () => {
    const { client, asked } = account(shop, notes);
    expect(await findRegistryTable({ stack: 'Notes' }, { HEADGATE_REGISTRY_TABLE: 'x' }, client)).toBe(
      'notes-registry',
    );
    expect(asked).toEqual(['Notes']);
  });
  test('the only one of the account is taken, on whatever page', async () => {
    expect(await findRegistryTable({}, {}, account(other, other, shop).client)).toBe('shop-registry');
  });
  test('of several none is taken, and all are named', async () => {
    const refused = findRegistryTable({}, {}, account(shop, other, notes).client);
    await expect(refused).rejects.toThrow(
      'HG230: there are 2 registry tables: shop-registry (stack Shop), notes-registry (stack Notes). Name it with --stack',
    );
  });
  test('where there is none, that is said', async () => {
    await expect(findRegistryTable({}, {}, account(other).client)).rejects.toThrow(
      'no stack of this account and region has',
    );
    await expect(findRegistryTable({ stack: 'Other' }, {}, account(other).client)).rejects.toThrow(
      'the stack Other does not have',
    );
  });
  test('a stack that is not there has none; another error of CloudFormation goes on', async () => {
    const failing = (name: string, message: string) => () =>
      ({ send: () => Promise.reject(Object.assign(new Error(message), { name })) }) as never;
    const missing = failing('ValidationError', 'Stack with id Nope does not exist');
    await expect(findRegistryTable({ stack: 'Nope' }, {}, missing)).rejects.toThrow('the stack Nope does not have');
    const denied = failing('AccessDenied', 'not authorized');
    await expect(findRegistryTable({ stack: 'Nope' }, {}, denied)).rejects.toThrow('not authorized');
  });
});

test.each([
  ['acme', 'acme'],
  ['scraping /reports', "'scraping /reports'"],
  ["it's $(rm)", "'it'\\''s $(rm)'"],
  ['', "''"],
])('%p is pasted as %s', (word, text) => {
  expect(quoted(word)).toBe(text);
});
