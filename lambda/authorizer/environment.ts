/** Environment variables of the authorizer function, set by `lib/` and read by `lambda/`. */
export const AUTHORIZER_ENVIRONMENT = {
  countersTable: 'HEADGATE_COUNTERS_TABLE',
  registryTable: 'HEADGATE_REGISTRY_TABLE',
  /** Value of the metrics' `Gate` dimension; tells two gates of one account apart. */
  gate: 'HEADGATE_GATE',
  /** `forbidden` or `middleware`: what an HTTP API does with a denied request, see docs. Per API in part by API id. */
  softDenyApis: 'HEADGATE_SOFT_DENY_APIS',
} as const;
