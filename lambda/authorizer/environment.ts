/** Environment variables of the authorizer function, set by `lib/` and read by `lambda/`. */
export const AUTHORIZER_ENVIRONMENT = {
  countersTable: 'HEADGATE_COUNTERS_TABLE',
  registryTable: 'HEADGATE_REGISTRY_TABLE',
  /** Value of the metrics' `Gate` dimension; tells two gates of one account apart. */
  gate: 'HEADGATE_GATE',
  /** Ids, with commas between, of the APIs whose limited requests the middleware answers. */
  softDenyApis: 'HEADGATE_SOFT_DENY_APIS',
  /** The compiled policy, for functions that do not carry it beside them; absent: `headgate/policy.json` of a layer. */
  policyFile: 'HEADGATE_POLICY_FILE',
  /** `true`: answers to REST APIs name the caller's key, for APIs that take it from the authorizer. */
  passKeys: 'HEADGATE_PASS_KEYS',
  /** The same for single APIs: their ids, with commas between. */
  passKeyApis: 'HEADGATE_PASS_KEY_APIS',
  /** Whole milliseconds that a container's first decision may wait for the counters; absent: the default. */
  firstDeadlineMs: 'HEADGATE_FIRST_DEADLINE_MS',
  /** The same for its later decisions. */
  deadlineMs: 'HEADGATE_DEADLINE_MS',
  /** Whole milliseconds over which a container gathers its metrics before it writes them; absent: the default. */
  flushMs: 'HEADGATE_FLUSH_MS',
} as const;
