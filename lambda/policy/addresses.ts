import ipaddr from 'ipaddr.js';
import type { Finding } from './problem.ts';

const ALLOWED = 'an IPv4 or IPv6 address, or a range in CIDR form (203.0.113.7, 203.0.113.0/24, 2001:db8::/32)';

/** Reads an address or a range and returns it as a range without host bits: `203.0.113.7/24` is `203.0.113.0/24`. */
export function parseCidr(value: unknown): { readonly cidr: string; readonly bits: number } | Finding {
  if (typeof value !== 'string' || value.length > 64) return wrong('not an address');
  const [text = '', bits, ...more] = value.trim().split('/');
  const valid = ipaddr.IPv4.isValidFourPartDecimal(text) || ipaddr.IPv6.isValid(text);
  if (!valid || text.includes('%') || more.length > 0) return wrong(`\`${value}\` is not an address or a range`);
  const address = ipaddr.parse(text);
  const longest = address.kind() === 'ipv4' ? 32 : 128;
  if (bits !== undefined && (!/^\d{1,3}$/.test(bits) || Number(bits) > longest)) {
    return wrong(`\`/${bits}\` is not a prefix length`, `use /0 to /${longest}`);
  }
  const prefix = bits === undefined ? longest : Number(bits);
  const parsed = `${text}/${prefix}`;
  const network =
    address.kind() === 'ipv4' ? ipaddr.IPv4.networkAddressFromCIDR(parsed) : ipaddr.IPv6.networkAddressFromCIDR(parsed);
  if (network instanceof ipaddr.IPv6 && network.isIPv4MappedAddress() && prefix >= 96) {
    return { cidr: `${network.toIPv4Address().toString()}/${prefix - 96}`, bits: prefix - 96 };
  }
  return { cidr: `${network.toString()}/${prefix}`, bits: prefix };
}

const wrong = (message: string, mend = 'write one address or range per entry'): Finding => ({
  code: 'HG117',
  message,
  allowed: ALLOWED,
  mend,
});
