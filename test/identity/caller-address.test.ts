import { createHash } from 'node:crypto';
import fc from 'fast-check';
import { addressReader } from '../../lambda/identity/caller-address.ts';
import type { AddressSource } from '../../lambda/policy/policy.ts';

const proxied: AddressSource = { header: 'x-forwarded-for', trusted: ['198.51.100.0/24', '2001:db8:ffff::/48'] };
const secret = 'correct horse battery staple';
const withSecret: AddressSource = {
  header: 'x-real-ip',
  trusted: [],
  secretHeader: 'x-proxy-secret',
  secretSha256: createHash('sha256').update(secret).digest('hex'),
};
const read = (source: AddressSource | undefined, ip: unknown, headers: Record<string, unknown> = {}) =>
  addressReader(source)(ip, { headers })?.key;

describe('the address without a proxy', () => {
  test('is the one that API Gateway saw, whatever headers say', () => {
    expect(read(undefined, '203.0.113.7', { 'X-Forwarded-For': '192.0.2.1' })).toBe('203.0.113.7');
  });
  test.each([undefined, null, '', 'test-invoke-source-ip', 17])('%p: there is none', (ip) => {
    expect(read(undefined, ip)).toBeUndefined();
  });
});

describe('the address behind trusted proxies', () => {
  test.each([
    ['one hop', '198.51.100.1', '203.0.113.7', '203.0.113.7'],
    ['what the caller wrote before it does not count', '198.51.100.1', '192.0.2.1, 203.0.113.7', '203.0.113.7'],
    ['two proxies', '198.51.100.1', '203.0.113.7, 198.51.100.9', '203.0.113.7'],
    ['a port', '198.51.100.1', '203.0.113.7:4711', '203.0.113.7'],
    ['brackets', '198.51.100.1', '[2001:db8::7]:443', '2001:db8::/64'],
    ['a proxy with IPv6', '2001:db8:ffff::1', '203.0.113.7', '203.0.113.7'],
    ['only proxies: the farthest', '198.51.100.1', '198.51.100.8,198.51.100.9', '198.51.100.8'],
    ['no header', '198.51.100.1', undefined, '198.51.100.1'],
    ['rubbish: the last proxy that is known', '198.51.100.1', '203.0.113.7, unknown', '198.51.100.1'],
    ['rubbish before a proxy', '198.51.100.1', '203.0.113.7, _hidden, 198.51.100.9', '198.51.100.9'],
    ['an empty hop', '198.51.100.1', '203.0.113.7,', '198.51.100.1'],
    ['not through a proxy: the header is a lie', '192.0.2.50', '203.0.113.7', '192.0.2.50'],
  ])('%s', (_, ip, header, expected) => {
    expect(read(proxied, ip, header === undefined ? {} : { 'X-Forwarded-For': header })).toBe(expected);
  });

  test('several headers of the name are one list', () => {
    const reader = addressReader(proxied);
    const headers = { headers: { 'x-forwarded-for': 'ignored' } };
    const multiValueHeaders = { 'X-Forwarded-For': ['192.0.2.1', '203.0.113.7, 198.51.100.9'] };
    expect(reader('198.51.100.1', { ...headers, multiValueHeaders })?.key).toBe('203.0.113.7');
  });

  test('a header of any length costs little and gives the right-most hop', () => {
    const long = `${'192.0.2.1, '.repeat(100_000)}203.0.113.7`;
    expect(read(proxied, '198.51.100.1', { 'x-forwarded-for': long })).toBe('203.0.113.7');
  });

  test('no header moves a caller who does not come through a proxy', () => {
    fc.assert(
      fc.property(fc.string(), fc.ipV4(), (header, ip) => {
        fc.pre(!ip.startsWith('198.51.100.'));
        return read(proxied, ip, { 'x-forwarded-for': header }) === ip;
      }),
    );
  });
});

describe('the address behind a proxy that proves itself by a secret', () => {
  const headers = { 'X-Real-IP': '203.0.113.7', 'X-Proxy-Secret': secret };
  test('is what the proxy says', () => {
    expect(read(withSecret, '198.51.100.1', headers)).toBe('203.0.113.7');
  });
  test.each([
    ['none', undefined],
    ['a wrong one', 'correct horse'],
    ['its hash', withSecret.secretSha256],
    ['an endless one', 'x'.repeat(1_000_000)],
    ['two', [secret, secret]],
  ])('%s: the header does not count', (_, value) => {
    expect(read(withSecret, '198.51.100.1', { ...headers, 'X-Proxy-Secret': value })).toBe('198.51.100.1');
  });
  test('nor does it from the address of a trusted proxy', () => {
    const source = { ...withSecret, trusted: ['198.51.100.0/24'] };
    expect(read(source, '198.51.100.1', { 'X-Real-IP': '203.0.113.7' })).toBe('198.51.100.1');
    expect(read(source, '198.51.100.1', headers)).toBe('203.0.113.7');
  });
  test('API Gateway appends the proxy to X-Forwarded-For; it is passed over', () => {
    const source = { ...withSecret, header: 'x-forwarded-for' };
    const chain = { 'x-proxy-secret': secret, 'x-forwarded-for': '203.0.113.7, 198.51.100.1' };
    expect(read(source, '198.51.100.1', chain)).toBe('203.0.113.7');
  });
  test('a secret without its hash, or a hash without its header, proves nothing', () => {
    const { secretSha256: _, ...noHash } = withSecret;
    expect(read(noHash, '198.51.100.1', headers)).toBe('198.51.100.1');
    const { secretHeader: __, ...noHeader } = withSecret;
    expect(read(noHeader, '198.51.100.1', headers)).toBe('198.51.100.1');
  });
});
