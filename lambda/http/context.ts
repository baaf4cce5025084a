/**
 * The names under which the authorizer hands its verdict to the gateway responses and to the backend
 * (`$context.authorizer.<name>`, `event.requestContext.authorizer`). The constructs and the functions share them.
 *
 * Values are strings: API Gateway refuses objects and arrays (500 AuthorizerConfigurationException) and hands scalars on
 * as strings. `claims`, `error`, `integrationLatency`, `integrationStatus`, `latency` and `principalId` are reserved.
 */
export const CONTEXT = {
  /** `allowed` or `limited`. */
  verdict: 'verdict',
  /** Value of X-RateLimit-Limit. */
  limit: 'limit',
  /** Value of X-RateLimit-Remaining. */
  remaining: 'remaining',
  /** Value of X-RateLimit-Reset, Unix seconds. */
  reset: 'reset',
  /** Value of Retry-After, whole seconds; only where the verdict is `limited`. */
  retryAfter: 'retryAfter',
  /** Name of the limit that the values are of. */
  limitName: 'limitName',
  /** The problem+json `detail` sentence; only where the verdict is `limited`. */
  detail: 'detail',
  /** The identified client's id, else empty. */
  client: 'client',
  /** The caller's tier. */
  tier: 'tier',
  /** Value of RateLimit-Policy; only where the policy's `headers` say so. It holds quotes, unlike the others. */
  policyField: 'policyField',
  /** Value of RateLimit; the same. */
  stateField: 'stateField',
} as const;

export type ContextKey = (typeof CONTEXT)[keyof typeof CONTEXT];
/** What the authorizer returns as `context`. Keys without a value are left out. */
export type AuthorizerContext = Partial<Record<ContextKey, string>>;
