import type { Exemption } from '../policy/policy.ts';
import type { Address } from './address.ts';
import { NetworkMap } from './network-map.ts';

/** Who is never limited. */
export class Exemptions {
  readonly #networks = new NetworkMap<true>();
  readonly #clients = new Set<string>();

  constructor(exempt: readonly Exemption[]) {
    for (const one of exempt) {
      if (one.kind === 'address') this.#networks.add(one.cidr, true);
      else this.#clients.add(one.id);
    }
  }

  /** Whether an address could be denied before its caller is known: some client might be exempt. */
  get namesClients(): boolean {
    return this.#clients.size > 0;
  }

  address(address: Address | undefined): boolean {
    return address !== undefined && this.#networks.find(address) === true;
  }

  client(id: string | undefined): boolean {
    return id !== undefined && this.#clients.has(id);
  }
}
