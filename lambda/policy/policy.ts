/**
 * The compiled policy: what `headgate.yaml` becomes at synthesis and what travels, as JSON, in the functions' asset.
 * Everything is resolved here (tiers, epochs, cell ids), so that a function neither parses YAML nor validates.
 */
export interface Policy {
  /** Version of this structure; a function refuses one that it does not know. */
  readonly format: 1;
  /** How a caller is recognised; the first that proves something wins. */
  readonly identify: readonly IdentitySource[];
  /** `reject` answers 401 (REST) or 403 (HTTP) to who proves nothing. */
  readonly anonymous: 'allow' | 'reject';
  /** The first is the default: who proves nothing, and clients without a tier, have it. */
  readonly tiers: readonly string[];
  readonly limits: readonly Limit[];
  readonly exempt: readonly Exemption[];
  /** Where the caller's address comes from; absent: the source IP that API Gateway saw. */
  readonly address?: AddressSource;
  /** The response headers that tell callers where they stand, beside `Retry-After`; absent: `x-ratelimit`. */
  readonly headers?: readonly HeaderStyle[];
}

/** `x-ratelimit`: `X-RateLimit-*` of the most restrictive limit. `ratelimit`: the fields of the IETF draft, of every limit. */
export type HeaderStyle = 'x-ratelimit' | 'ratelimit';

/** One way to know a caller. A request is asked in their order. */
export type IdentitySource = ApiKeySource | JwtSource | IamSource | AuthorizerSource | TrustedHeaderSource;

/** A header that carries a key of the registry. The name is in lower case. */
export interface ApiKeySource {
  readonly kind: 'apiKey';
  readonly header: string;
}

/** Tokens of one issuer, whose signature, issuer, audience and time are checked. */
export interface JwtSource {
  readonly kind: 'jwt';
  /** Tells its clients from those of other issuers: `jwt.NAME:...`; absent: `jwt:...`. */
  readonly name?: string;
  /** What `iss` must be, to the letter. */
  readonly issuer: string;
  /** Where the issuer publishes its public keys. */
  readonly jwksUri: string;
  /** One of these must be in the token. */
  readonly audience: readonly string[];
  /** The claim that holds the audience: `aud`, or `client_id` in access tokens of Cognito. */
  readonly audienceClaim: string;
  /** The claim that names the client. */
  readonly client: string;
  /** The claim that names the tier. */
  readonly tier?: string;
  /** Lower case; `authorization` carries `Bearer TOKEN`, any other the token itself. */
  readonly header: string;
  /** Signature algorithms that are taken, all of them asymmetric. */
  readonly algorithms: readonly string[];
}

/** The IAM principal that API Gateway or Lambda has authenticated. Events of authorizers never carry one. */
export interface IamSource {
  readonly kind: 'iam';
}

/** What another authorizer in front of the function has proven. Events of authorizers never carry it. */
export interface AuthorizerSource {
  readonly kind: 'authorizer';
  /** Tells its clients from those of other entries: `authorizer.NAME:...`. */
  readonly name?: string;
  /** The claim, or the key of the authorizer's context, that names the client. */
  readonly client: string;
  /** The same for the tier. */
  readonly tier?: string;
}

/** A header that is believed because only trusted parties can set it. The name is in lower case. */
export interface TrustedHeaderSource {
  readonly kind: 'header';
  /** Tells its clients from those of other headers: `header.NAME:...`. */
  readonly name?: string;
  readonly header: string;
}

/** What a limit counts for. */
export type Scope = 'client' | 'address' | 'route' | 'all';

/** How a limit counts. */
export type Algorithm =
  | 'sliding-window'
  | 'sliding-window-counter'
  | 'sliding-window-log'
  | 'fixed-window'
  | 'token-bucket'
  | 'leaky-bucket';

/** Periods of the calendar, UTC; a week begins on Monday. */
export type CalendarPeriod = 'day' | 'week' | 'month';

/** One named rule: who (`per`), where (`routes`), how much (`budgets`). */
export interface Limit {
  readonly name: string;
  readonly per: Scope;
  /** Absent: every route. */
  readonly routes?: readonly RoutePattern[];
  /** One for each tier of the policy, whether or not the rate differs by tier. */
  readonly budgets: Readonly<Record<string, Budget>>;
  /** What a request takes where no entry of `costs` matches; whole, at least 1. */
  readonly cost: number;
  /** What a request takes by route; the first that matches wins. */
  readonly costs?: readonly RouteCost[];
  /** `shadow`: counted and reported, never enforced. */
  readonly mode: 'enforce' | 'shadow';
  /** The answer while the store cannot be asked. */
  readonly onStoreFailure: 'allow' | 'deny';
}

/** How much one tier may do under one limit. */
export interface Budget {
  readonly algorithm: Algorithm;
  /** Units per window (windows), or tokens per `windowMs` (a bucket's refill rate, a queue's drain). */
  readonly limit: number;
  /** Whole milliseconds; of a calendar month the longest, 31 days. */
  readonly windowMs: number;
  /** `fixed-window`: its windows are periods of the calendar. Absent: multiples of `windowMs` since 1970. */
  readonly calendar?: CalendarPeriod;
  /** `token-bucket`: how many tokens fit. */
  readonly burst?: number;
  /** `leaky-bucket`: how many may wait. */
  readonly queue?: number;
  /** `leaky-bucket`: how long one may wait, whole milliseconds. */
  readonly maxDelayMs?: number;
  /** Whole milliseconds of one epoch: the step in which a window forgets or a bucket refills. */
  readonly epochMs: number;
  /**
   * Three base-36 characters that name this cell's attributes in an item. Derived from name, window, epoch and
   * algorithm: a change of any of them starts a new cell, because epochs of two scales must never mix.
   */
  readonly cellId: string;
}

/** A method and a path template as written in the policy: `POST /login`, `GET /users/{id}`, `ANY /reports/*`. */
export interface RoutePattern {
  /** Upper case, or `ANY`. */
  readonly method: string;
  /** Starts with `/`; `{name}` is one segment, a last `*` is the rest of the path. */
  readonly path: string;
}

export interface RouteCost extends RoutePattern {
  readonly cost: number;
}

/** Who is never limited. */
export type Exemption =
  | { readonly kind: 'address'; readonly cidr: string }
  | { readonly kind: 'client'; readonly id: string };

/** A proxy in front of the API that names the caller's address in a header. */
export interface AddressSource {
  /** Lower case, for example `x-forwarded-for`. */
  readonly header: string;
  /** Addresses of the proxies; the right-most address of the header that is not one of them is the caller's. */
  readonly trusted: readonly string[];
  /** Lower case: a header that the proxy sets; requests without it did not come through the proxy. */
  readonly secretHeader?: string;
  /** SHA-256, in hex, of the value that `secretHeader` must have: the policy never holds the secret itself. */
  readonly secretSha256?: string;
}
