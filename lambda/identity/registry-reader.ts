/** A client of the registry, found by its key. */
export interface ClientRecord {
  readonly client: string;
  readonly tier: string;
}

/** Somebody who is turned away. */
export interface Block {
  /** `client:acme`, `address:203.0.113.7`, `address:203.0.113.0/24`. */
  readonly subject: string;
  /** Unix seconds; absent: until it is lifted. */
  readonly until?: number;
}

/** An override or a reset: what the command line has written beside the blocks, as it stands there. */
export interface Order {
  /** The item's sort key. */
  readonly key: string;
  /** Its texts and numbers. */
  readonly fields: Readonly<Record<string, string | undefined>>;
}

/** What the authorizer asks of the registry. Every method throws RegistryError where it cannot be asked. */
export interface RegistryReader {
  /** The active client whose key has this SHA-256 (hex); undefined where there is none. */
  clientByKey(sha256: string): Promise<ClientRecord | undefined>;
  /**
   * All blocks, expired ones perhaps among them; bounded in number.
   *
   * @param take gets the orders that stand beside them, expired ones perhaps among them; bounded in number
   */
  blocks(take?: (orders: readonly Order[]) => void): Promise<readonly Block[]>;
}
