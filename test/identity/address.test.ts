import { parseAddress } from '../../lambda/identity/address.ts';
import { NetworkMap } from '../../lambda/identity/network-map.ts';

describe('parseAddress', () => {
  test.each([
    ['203.0.113.7', '203.0.113.7'],
    ['::ffff:203.0.113.7', '203.0.113.7'],
    ['::ffff:cb00:7107', '203.0.113.7'],
    ['2001:db8:1:2:3:4:5:6', '2001:db8:1:2::/64'],
    ['2001:DB8:1:2::1', '2001:db8:1:2::/64'],
    ['::1', '::/64'],
  ])('%s counts as %s', (text, key) => {
    expect(parseAddress(text)?.key).toBe(key);
  });

  test.each([
    '',
    '1',
    '127.1',
    '0x7f.0.0.1',
    '203.0.113.256',
    '203.0.113.7/24',
    'fe80::1%eth0',
    '203.0.113.7 ',
    'localhost',
    '1'.repeat(5000),
    null,
    7,
    { toString: () => '203.0.113.7' },
  ])('%p is no address', (text) => {
    expect(parseAddress(text)).toBeUndefined();
  });

  test('two addresses of one IPv6 network are one caller, of two networks two', () => {
    expect(parseAddress('2001:db8::1')!.key).toBe(parseAddress('2001:db8::ffff:1')!.key);
    expect(parseAddress('2001:db8::1')!.key).not.toBe(parseAddress('2001:db8:0:1::1')!.key);
  });
});

describe('NetworkMap', () => {
  const map = new NetworkMap<string>();
  for (const cidr of ['10.0.0.0/8', '10.1.0.0/16', '10.1.2.3/32', '192.168.16.0/21', '2001:db8::/33', '0.0.0.0/1']) {
    map.add(cidr, cidr);
  }

  test.each([
    ['10.1.2.3', '10.1.2.3/32'],
    ['10.1.2.4', '10.1.0.0/16'],
    ['10.2.0.1', '10.0.0.0/8'],
    ['192.168.23.255', '192.168.16.0/21'],
    ['192.168.24.0', undefined],
    ['127.0.0.1', '0.0.0.0/1'],
    ['128.0.0.1', undefined],
    ['2001:db8:7fff::1', '2001:db8::/33'],
    ['2001:db8:8000::1', undefined],
    ['::ffff:10.1.2.3', '10.1.2.3/32'],
  ])('%s is in %s', (text, network) => {
    expect(map.find(parseAddress(text)!)).toBe(network);
  });

  test('takes a wider network where the narrowest is not accepted', () => {
    expect(map.find(parseAddress('10.1.2.3')!, (cidr) => cidr !== '10.1.2.3/32')).toBe('10.1.0.0/16');
  });

  test.each(['', '10.0.0.0', '10.0.0.0/33', 'acme/8'])('%p is not added', (cidr) => {
    expect(new NetworkMap<string>().add(cidr, 'x')).toBe(false);
  });
});
