import { CLIENT_ID_ALLOWED, isClientReference } from '../../lambda/identity/client-id.ts';
import { parseCidr } from '../../lambda/policy/addresses.ts';
import { UsageError } from '../cli/exit.ts';

const ALLOWED = 'client:ID, address:IP or address:RANGE (client:acme, address:203.0.113.7, address:2001:db8::/48)';

/**
 * Reads whom a block is for, in one spelling for all that mean the same: `address:203.0.113.7/24` is
 * `address:203.0.113.0/24`. An IPv6 address is its /64, as it is counted: whoever has one address there has them all.
 *
 * @throws UsageError
 */
export function parseSubject(text: string): string {
  const colon = text.indexOf(':');
  const kind = text.slice(0, Math.max(0, colon));
  const name = text.slice(colon + 1);
  if (kind === 'client') {
    if (isClientReference(name)) return text;
    throw new UsageError(`\`${name.slice(0, 80)}\` is no client id; allowed are ${CLIENT_ID_ALLOWED}.`);
  }
  if (kind === 'address') return `address:${networkOf(name)}`;
  throw new UsageError(`\`${text.slice(0, 80)}\` is nobody that can be blocked; write ${ALLOWED}.`);
}

function networkOf(name: string): string {
  const range = parseCidr(name);
  if (!('cidr' in range)) throw new UsageError(`${range.message}; write ${ALLOWED}.`);
  if (range.bits === 0) throw new UsageError(`${range.cidr} is every address: everybody would be blocked.`);
  const [address = '', bits] = range.cidr.split('/');
  if (!address.includes(':')) return bits === '32' ? address : range.cidr;
  if (range.bits <= 64) return range.cidr;
  const whole = parseCidr(`${address}/64`);
  return 'cidr' in whole ? whole.cidr : range.cidr;
}
