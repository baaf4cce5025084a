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

/** What the authorizer asks of the registry. Every method throws RegistryError where it cannot be asked. */
export interface RegistryReader {
  /** The active client whose key has this SHA-256 (hex); undefined where there is none. */
  clientByKey(sha256: string): Promise<ClientRecord | undefined>;
  /** All blocks, expired ones perhaps among them; bounded in number. */
  blocks(): Promise<readonly Block[]>;
}
