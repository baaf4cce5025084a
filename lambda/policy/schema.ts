import { z } from 'zod';
import { alarmsSchema } from './alarms-schema.ts';
import { identifyEntry } from './identify-schema.ts';
import { CHECKED, header, text } from './leaf.ts';
import { MAX_TIERS, QUOTA_PATTERN } from './plan.ts';
import { RATE_PATTERN } from './rate.ts';
import { DELAY_PATTERN } from './read-queue.ts';
import { ROUTE_PATTERN } from './route-syntax.ts';

/**
 * The shape of `headgate.yaml`: the one source of the JSON Schema for editors and of the structural checks.
 *
 * A leaf whose error is `CHECKED` is read by a function that says more than a pattern can (`parseRate`, `parseRoute`,
 * ...), which is at least as strict; its pattern here is for editors.
 */
export { CHECKED, HEADER_PATTERN } from './leaf.ts';

export const NAME_PATTERN = /^[a-z0-9]([a-z0-9-]{0,30}[a-z0-9])?$/;
/** A client of the registry, one of API Gateway's own keys, or one of an issuer: as in identity/client-id.ts, which a test compares. */
export const CLIENT_PATTERN =
  /^(apigw:[A-Za-z0-9-]{1,64}|[A-Za-z0-9][A-Za-z0-9._@+=-]{0,63}|(jwt|iam|authorizer|header)(\.[a-z0-9][a-z0-9-]{0,15})?:(#[A-Za-z0-9_-]{43}|[A-Za-z0-9._@+=-]{1,64}))$/;
export const API_ID_PATTERN = /^[a-z0-9]{4,32}$/;
export const STAGE_PATTERN = /^([A-Za-z0-9_-]{1,128}|\$default)$/;
export const SCOPES = ['client', 'address', 'route', 'all'] as const;
export const ALGORITHMS = [
  'sliding-window',
  'sliding-window-counter',
  'sliding-window-log',
  'fixed-window',
  'token-bucket',
  'leaky-bucket',
] as const;
export const MODES = ['enforce', 'shadow'] as const;
export const HEADER_STYLES = ['x-ratelimit', 'ratelimit'] as const;
/** Bounds that keep a decision, an item and a message small. */
export const MOST = { limits: 50, routes: 100, exempt: 500, identify: 10, trusted: 100, apis: 20 } as const;

const name = text(NAME_PATTERN);
const rate = text(RATE_PATTERN).describe(
  'Units per time: 60/minute, 100/15 minutes, 1000/day, 10000/calendar-month (UTC).',
);
const route = text(ROUTE_PATTERN).describe(
  'METHOD /path; {name} is one segment, a last * is the rest: GET /users/{id}.',
);
const count = z.int(CHECKED).min(1, CHECKED);
const cidr = z.string(CHECKED).describe('An address or a range: 203.0.113.7, 203.0.113.0/24, 2001:db8::/32.');
const list = <T extends z.ZodType>(of: T, most: number) => z.array(of).min(1).max(most);
const byTier = <T extends z.ZodType>(one: T) => z.union([one, z.record(z.string(), one)], CHECKED);

const limit = z
  .strictObject({
    per: z.enum(SCOPES).describe('What is counted: each client, each address, each route, or everything together.'),
    routes: z
      .array(route, CHECKED)
      .min(1, CHECKED)
      .max(MOST.routes)
      .describe('Where the limit holds; absent: everywhere. One budget for all of them, except for `per: route`.')
      .optional(),
    rate: byTier(rate).describe(
      'How much, for all tiers or (per: client) for each: { free: 60/minute, gold: 1000/minute }.',
    ),
    algorithm: z
      .enum(ALGORITHMS)
      .describe(
        'sliding-window: at most the rate in any window. sliding-window-log: the same, exact, up to 100. ' +
          'sliding-window-counter, fixed-window: up to twice the rate around the start of a window. ' +
          'token-bucket: bursts. leaky-bucket: requests wait for their turn.',
      )
      .default('sliding-window')
      .optional(),
    burst: byTier(count)
      .describe('token-bucket: how many tokens fit, for all tiers or (per: client) for each.')
      .optional(),
    resolution: z
      .literal([10, 20])
      .describe('sliding-window: in how many steps it forgets; 20 lets more of the rate pass and takes a larger item.')
      .optional(),
    queue: byTier(count)
      .describe('leaky-bucket: how many requests may wait, for all tiers or (per: client) for each.')
      .optional(),
    maxDelay: text(DELAY_PATTERN).describe('leaky-bucket: the longest wait, up to 3s: 500ms, 2s.').optional(),
    cost: z
      .union([count, z.record(route, count)], CHECKED)
      .describe('What a request takes: a number, or by route ({ POST /exports: 5 }; others take 1).')
      .optional(),
    mode: z.enum(MODES).describe('shadow: counted and reported, never enforced.').default('enforce').optional(),
    onStoreFailure: z
      .enum(['allow', 'deny'])
      .describe('The answer while the counters cannot be reached.')
      .default('allow')
      .optional(),
  })
  .describe('One named rule: who (per), where (routes), how much (rate).');

const exemption = z
  .strictObject({
    address: cidr.optional(),
    client: text(CLIENT_PATTERN)
      .describe('A client id, as in `headgate client add`; apigw:ID for a key of API Gateway, jwt:ID for a token.')
      .optional(),
  })
  .describe('Who is never limited: an address or a client.');

const addressSource = z
  .strictObject({
    header: header.describe('The header that carries the address, for example x-forwarded-for.'),
    trusted: list(cidr, MOST.trusted).describe(
      "Addresses of the proxies; the right-most other address is the caller's.",
    ),
    secretHeader: header
      .describe('A header that the proxy sets; requests without it did not come through it.')
      .optional(),
    secretSha256: text(/^[0-9a-fA-F]{64}$/)
      .describe("SHA-256, in hexadecimal, of secretHeader's value.")
      .optional(),
  })
  .describe('A proxy in front of the API that names the caller.');

const tier = z
  .strictObject({
    plan: z
      .strictObject({
        rate: rate.describe('Requests per time that API Gateway lets through: 10/second.').optional(),
        burst: count.describe('Requests in one instant that API Gateway lets through.').optional(),
        quota: text(QUOTA_PATTERN).describe('Requests in a day, week or month: 10000/month.').optional(),
      })
      .describe("The tier's usage plan: coarse, best effort, for keys of API Gateway on REST APIs.")
      .optional(),
  })
  .nullable();

const api = z
  .strictObject({
    restApi: text(API_ID_PATTERN).describe('The id of a REST API, such as a1b2c3d4e5.').optional(),
    httpApi: text(API_ID_PATTERN).describe('The id of an HTTP API, such as a1b2c3d4e5.').optional(),
    stage: text(STAGE_PATTERN).describe('The stage that callers use: prod, or $default (HTTP API).'),
    routes: z
      .array(route, CHECKED)
      .min(1, CHECKED)
      .max(MOST.routes)
      .describe('The routes to guard; absent: all that have no authorizer.')
      .optional(),
    deny: z
      .enum(['forbidden', 'middleware'])
      .describe(
        'forbidden: 403. middleware: limited requests reach the backend, whose middleware answers 429. Absent: 429 (restApi), 403 (httpApi).',
      )
      .optional(),
    sharedDeny: z
      .boolean()
      .describe('restApi: others deny on this API, and it is understood that their 403 will read 429.')
      .optional(),
    replace: z.boolean().describe('Take the place of authorizers that routes have, until detached.').optional(),
    passKeys: z
      .boolean()
      .describe("restApi: give methods the caller's API key, where the API takes keys from its authorizers.")
      .optional(),
    publishPending: z
      .boolean()
      .describe("The API's edits that are not deployed yet may go live with the gate.")
      .optional(),
  })
  .describe('An API that exists already: restApi or httpApi, and its stage.');

export const policySchema = z
  .strictObject({
    identify: z
      .array(identifyEntry)
      .max(MOST.identify)
      .describe('How a caller is recognised; the first that proves something wins, else the caller is an address.')
      .optional(),
    anonymous: z
      .enum(['allow', 'reject'])
      .describe('reject: 401 (REST) or 403 (HTTP) for callers that prove no identity.')
      .default('allow')
      .optional(),
    mode: z.enum(MODES).describe('shadow: no limit is enforced.').default('enforce').optional(),
    tiers: z
      .union([list(name, MAX_TIERS), z.record(name, tier)], CHECKED)
      .describe('The tiers, by name: a list, or a map where they have usage plans. The first is the default.')
      .optional(),
    limits: z.record(name, limit).describe('The limits by name (a-z, 0-9, -; at most 32 characters).'),
    headers: z
      .array(z.enum(HEADER_STYLES))
      .min(1)
      .describe(
        'x-ratelimit (the default): X-RateLimit-* of the most restrictive limit. ratelimit: RateLimit-Policy and RateLimit of the IETF draft, with every limit.',
      )
      .optional(),
    exempt: z.array(exemption).max(MOST.exempt).describe('Who is never limited.').optional(),
    address: addressSource.optional(),
    apis: list(api, MOST.apis)
      .describe('APIs that exist already, which the gate is attached to when it is deployed.')
      .optional(),
    alarms: alarmsSchema.optional(),
  })
  .describe('What Headgate limits: who may do what how often.');

/** The JSON Schema (draft 7, which editors know best) of `headgate.yaml`. */
export function policyJsonSchema(): Record<string, unknown> {
  const { $schema, ...schema } = z.toJSONSchema(policySchema, { target: 'draft-7', io: 'input' });
  return { $schema, title: 'headgate.yaml', ...schema };
}
