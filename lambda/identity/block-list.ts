import type { Address } from './address.ts';
import { NetworkMap } from './network-map.ts';
import type { Block, Order, RegistryReader } from './registry-reader.ts';

export interface BlockListOptions {
  readonly registry: Pick<RegistryReader, 'blocks'>;
  /** Milliseconds since the epoch. */
  readonly clock: () => number;
  /** How old the list may get before it is read again, ms. @default 30,000 */
  readonly refreshMs?: number;
  /** How long after the beginning of a reading that has failed it is tried again, ms. @default 5,000 */
  readonly retryMs?: number;
  /** Gets the overrides and resets that stand beside the blocks, after every reading. */
  readonly onOrders?: (orders: readonly Order[]) => void;
  /** Told of every failure of the registry; the list that is there stays in force. */
  readonly onError?: (error: unknown) => void;
}

/** Who is blocked, as last read. Read at INIT, then in the background of requests: no request waits for it. */
export class BlockList {
  readonly #options: BlockListOptions;
  #clients = new Map<string, Block>();
  #networks = new NetworkMap<Block>();
  #nextAt = 0;
  #reading: Promise<void> | undefined;

  constructor(options: BlockListOptions) {
    this.#options = options;
  }

  /** Reads the list. Never fails: where the registry cannot be asked the last list stays, at first the empty one. */
  async load(): Promise<void> {
    this.#reading ??= this.#read().finally(() => {
      this.#reading = undefined;
    });
    await this.#reading;
  }

  /**
   * The first reading, begun before there is a request. A container may be frozen until there is one: what was being read then
   * is old, or has failed, and is read once more. Never fails.
   */
  async loadFirst(): Promise<void> {
    await this.load();
    if (this.#isDue) await this.load();
  }

  /** Begins to read the list again where it is due. */
  refresh(): void {
    if (this.#reading === undefined && this.#isDue) void this.load();
  }

  /** The list, or the failure to read it, is old. */
  get #isDue(): boolean {
    return this.#options.clock() >= this.#nextAt;
  }

  address(address: Address | undefined): Block | undefined {
    return address && this.#networks.find(address, (block) => this.#holds(block));
  }

  client(id: string): Block | undefined {
    const block = this.#clients.get(id);
    return block && this.#holds(block) ? block : undefined;
  }

  async #read(): Promise<void> {
    const { registry, clock, refreshMs = 30_000, retryMs = 5000, onOrders, onError } = this.#options;
    const begun = clock();
    let keptMs = refreshMs;
    try {
      const blocks = await registry.blocks(onOrders);
      const clients = new Map<string, Block>();
      const networks = new NetworkMap<Block>();
      for (const block of blocks) {
        const [kind, name] = splitSubject(block.subject);
        if (kind === 'client') clients.set(name, block);
        else if (kind === 'address') networks.add(asNetwork(name), block);
      }
      this.#clients = clients;
      this.#networks = networks;
    } catch (error) {
      keptMs = retryMs;
      onError?.(error);
    } finally {
      // A container may be frozen while it reads, and its clock be put right by the answer.
      this.#nextAt = Math.min(begun, clock()) + keptMs;
    }
  }

  #holds(block: Block): boolean {
    return block.until === undefined || block.until * 1000 > this.#options.clock();
  }
}

function splitSubject(subject: string): [kind: string, name: string] {
  const colon = subject.indexOf(':');
  return [subject.slice(0, colon), subject.slice(colon + 1)];
}

/** A single address is its own network; of IPv6 the /64 that is counted as one caller. */
const asNetwork = (name: string): string => (name.includes('/') ? name : `${name}/${name.includes(':') ? 64 : 32}`);
