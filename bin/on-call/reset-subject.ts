import { parseAddress } from '../../lambda/identity/address.ts';
import { CLIENT_ID_ALLOWED, isClientReference } from '../../lambda/identity/client-id.ts';
import { isHashedClient } from '../../lambda/identity/own-id.ts';
import { UsageError } from '../cli/exit.ts';

const ALLOWED =
  'client:ID, address:IP, all, or route:"METHOD /path" of a limit `per: route` (client:acme, address:203.0.113.7)';

/**
 * Reads whose counters are meant, in the spelling of the counters table: an IPv6 address is its /64, as it is counted.
 *
 * @throws UsageError
 */
export function parseCounted(text: string): string {
  if (text === 'all') return text;
  const colon = text.indexOf(':');
  const [kind, name] = [text.slice(0, Math.max(0, colon)), text.slice(colon + 1)];
  if (kind === 'client') {
    if (isClientReference(name) || isHashedClient(name)) return text;
    throw new UsageError(`\`${name.slice(0, 80)}\` is no client id; allowed are ${CLIENT_ID_ALLOWED}.`);
  }
  if (kind === 'address') {
    const address = parseAddress(name.replace(/\/64$/, ''));
    if (address && !(name.endsWith('/64') && address.key.includes('.'))) return `address:${address.key}`;
    throw new UsageError(`\`${name.slice(0, 80)}\` is not one address; each is counted by itself. Write ${ALLOWED}.`);
  }
  const route = /^([A-Za-z]{1,20})\s+(\/\S{0,1000})$/.exec(name.trim());
  if (kind === 'route' && route) return `route:${route[1]!.toUpperCase()} ${route[2]}`;
  throw new UsageError(`\`${text.slice(0, 80)}\` is nobody whose requests are counted; write ${ALLOWED}.`);
}
