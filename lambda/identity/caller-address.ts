import { createHash, timingSafeEqual } from 'node:crypto';
import type { AddressSource } from '../policy/policy.ts';
import { type Address, parseAddress } from './address.ts';
import { type HeaderSource, headerValues } from './headers.ts';
import { NetworkMap } from './network-map.ts';

/** How far back a chain of proxies is read, in characters of the header, from its end. */
const MAX_CHAIN = 2048;
/** Longer secrets are not hashed. */
const MAX_SECRET = 1024;

/** Where a request came from, as far as it is proven; undefined where the event names no address. */
export type AddressReader = (sourceIp: unknown, headers: HeaderSource) => Address | undefined;

/**
 * Makes the reader of callers' addresses.
 *
 * Without `source` the address is the one that API Gateway saw. With it, the hops are the header's addresses followed by
 * that one, and the caller is the right-most that is not a trusted proxy: everything left of it was written by somebody
 * whom nobody vouches for. Where a secret is configured it alone proves that the request came through the proxy; the
 * header is ignored without it.
 */
export function addressReader(source: AddressSource | undefined): AddressReader {
  if (source === undefined) return (sourceIp) => parseAddress(sourceIp);
  const trusted = new NetworkMap<true>();
  for (const cidr of source.trusted) trusted.add(cidr, true);
  return (sourceIp, headers) => {
    const connection = parseAddress(sourceIp);
    const proof = proofOf(source, headers);
    if (proof === 'failed') return connection;
    const isProxy = (hop: Address): boolean =>
      trusted.find(hop) !== undefined || (proof === 'secret' && hop.key === connection?.key);
    if (connection === undefined || !isProxy(connection)) return connection;
    let caller = connection;
    for (const text of hopsFromRight(headerValues(headers, source.header))) {
      const hop = parseHop(text);
      // A proxy that writes something else: it is the last one known.
      if (hop === undefined) return caller;
      caller = hop;
      if (!isProxy(hop)) return hop;
    }
    return caller;
  };
}

function proofOf(source: AddressSource, headers: HeaderSource): 'none' | 'secret' | 'failed' {
  if (source.secretHeader === undefined && source.secretSha256 === undefined) return 'none';
  const [secret, ...more] = headerValues(headers, source.secretHeader ?? '');
  if (secret === undefined || more.length > 0 || secret.length > MAX_SECRET) return 'failed';
  const expected = Buffer.from(source.secretSha256 ?? '', 'hex');
  const given = createHash('sha256').update(secret).digest();
  return expected.length === given.length && timingSafeEqual(expected, given) ? 'secret' : 'failed';
}

function* hopsFromRight(values: readonly string[]): Generator<string> {
  const chain = values.join(',');
  let end = chain.length;
  const start = Math.max(0, end - MAX_CHAIN);
  while (end > start) {
    const comma = chain.lastIndexOf(',', end - 1);
    yield chain.slice(Math.max(comma + 1, start), end).trim();
    end = comma;
  }
}

/** `203.0.113.7`, `203.0.113.7:4711`, `[2001:db8::1]`, `[2001:db8::1]:4711`, `2001:db8::1`. */
function parseHop(text: string): Address | undefined {
  const bracketed = /^\[([0-9a-f:.]+)\](?::\d{1,5})?$/i.exec(text);
  if (bracketed) return parseAddress(bracketed[1]);
  const withPort = /^([\d.]+):\d{1,5}$/.exec(text);
  return parseAddress(withPort ? withPort[1] : text);
}
