/**
 * How the registry table is laid out. Partition key `pk`, sort key `sk`, both strings.
 *
 * | pk                          | sk          | attributes                                     | read by           |
 * |-----------------------------|-------------|------------------------------------------------|-------------------|
 * | `key#<sha256>`              | `key`       | client, tier, state (`active`)                 | authorizer: Get   |
 * | `clients`                   | client id   | tier, state, keySha256, createdAt, apiKeyId    | command line      |
 * | `blocks`                    | subject     | until (Unix seconds, optional), reason, by, at | authorizer: Query |
 * | `blocks`                    | `#override#<limit>`, `#override#<limit>#<tier>` | budgets (JSON), rate, until, why, by, at | with the blocks |
 * | `blocks`                    | `#reset#<subject>` | at, until, why, by                      | with the blocks   |
 * | `attachment#<kind>#<apiId>` | element key | before, after, earlier (JSON), at (ms)         | attach handler    |
 *
 * An override for a limit that a function has of its own has `own` instead of budgets: the function makes them.
 *
 * Overrides and resets stand among the blocks so that one Query brings all three. Their sort keys come first, so that no number
 * of blocks keeps them out; functions of an older version take them for blocks of nobody.
 *
 * An attachment's items hold what was there before a gate was attached to an API (`lambda/attach/model.ts`).
 * A key itself is never stored. `expiresAt` (Unix seconds) is the table's TTL attribute.
 */
export const REGISTRY = {
  partitionKey: 'pk',
  sortKey: 'sk',
  ttl: 'expiresAt',
  keyPartition: (sha256: string): string => `key#${sha256}`,
  keySort: 'key',
  clients: 'clients',
  blocks: 'blocks',
  /** Sort keys of overrides and resets begin with it; those of blocks come after `afterOrders`. */
  orders: '#',
  afterOrders: '$',
  overridePrefix: '#override#',
  resetPrefix: '#reset#',
  /** An override that has it is for limits of that name that functions have of their own, and has no budgets. */
  ownField: 'own',
  attachmentPartition: (kind: string, apiId: string): string => `attachment#${kind}#${apiId}`,
} as const;

/** How the counters table is laid out: one string partition key and the TTL attribute (Unix seconds). */
export const COUNTERS = { partitionKey: 'pk', ttl: 'exp' } as const;
