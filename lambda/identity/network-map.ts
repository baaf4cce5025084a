import ipaddr from 'ipaddr.js';
import type { Address } from './address.ts';

/**
 * Networks with a value each. A look-up costs one map access for each prefix length in use, however many networks there
 * are.
 */
export class NetworkMap<T> {
  /** By family and prefix length, longest first, then by the network's bits. */
  #tables: { readonly family: string; readonly prefix: number; readonly networks: Map<string, T> }[] = [];

  /**
   * @param cidr canonical or not, for example `203.0.113.0/24`
   * @returns false, and nothing is added, where `cidr` is not a network
   */
  add(cidr: string, value: T): boolean {
    if (!ipaddr.isValidCIDR(cidr)) return false;
    const [ip, prefix] = ipaddr.parseCIDR(cidr);
    let table = this.#tables.find((one) => one.family === ip.kind() && one.prefix === prefix);
    if (!table) {
      table = { family: ip.kind(), prefix, networks: new Map() };
      this.#tables = [...this.#tables, table].sort((a, b) => b.prefix - a.prefix);
    }
    table.networks.set(networkBits(ip.toByteArray(), prefix), value);
    return true;
  }

  /** The value of the narrowest network that holds the address and whose value is accepted. */
  find(address: Address, accept: (value: T) => boolean = () => true): T | undefined {
    const bytes = address.ip.toByteArray();
    for (const { family, prefix, networks } of this.#tables) {
      if (family !== address.ip.kind()) continue;
      const value = networks.get(networkBits(bytes, prefix));
      if (value !== undefined && accept(value)) return value;
    }
    return undefined;
  }
}

function networkBits(bytes: readonly number[], prefix: number): string {
  const whole = prefix >> 3;
  const rest = prefix & 7;
  const text = bytes.slice(0, whole).join('.');
  return rest === 0 ? text : `${text}|${bytes[whole]! >> (8 - rest)}`;
}
