import ipaddr from 'ipaddr.js';

/** A caller's network address. */
export interface Address {
  /** IPv4, or IPv6 that is no mapped IPv4. */
  readonly ip: ipaddr.IPv4 | ipaddr.IPv6;
  /** What is counted and logged: `203.0.113.7`, or an IPv6 address's network `2001:db8:1:2::/64`. */
  readonly key: string;
}

/** One subscriber or host gets a whole /64 at least, and may pick any address in it. */
export const IPV6_PREFIX = 64;
/** The longest text of an address: an IPv6 one with an embedded IPv4 one. */
const MAX_LENGTH = 45;

/**
 * Reads an address; undefined for anything else. Mapped IPv4 (`::ffff:203.0.113.7`) is IPv4. The short, octal and
 * hexadecimal forms of IPv4 and zone ids are not taken: two readers could understand them differently.
 */
export function parseAddress(text: unknown): Address | undefined {
  if (typeof text !== 'string' || text.length > MAX_LENGTH) return undefined;
  if (ipaddr.IPv4.isValidFourPartDecimal(text)) return addressOf(ipaddr.IPv4.parse(text));
  if (text.includes('%') || !ipaddr.IPv6.isValid(text)) return undefined;
  const ip = ipaddr.IPv6.parse(text);
  return addressOf(ip.isIPv4MappedAddress() ? ip.toIPv4Address() : ip);
}

function addressOf(ip: ipaddr.IPv4 | ipaddr.IPv6): Address {
  if (ip instanceof ipaddr.IPv4) return { ip, key: ip.toString() };
  const network = new ipaddr.IPv6([...ip.parts.slice(0, 4), 0, 0, 0, 0]);
  return { ip, key: `${network.toRFC5952String()}/${IPV6_PREFIX}` };
}
