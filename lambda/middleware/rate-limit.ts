import { setTimeout } from 'node:timers/promises';
import { AUTHORIZER_ENVIRONMENT } from '../authorizer/environment.ts';
import type { AuthorizerContext } from '../http/context.ts';
import { exposedHeadersOf, rateLimitHeadersOf } from '../http/rate-limit-headers.ts';
import { readContext } from '../http/read-context.ts';
import { addressReader } from '../identity/caller-address.ts';
import { provenClient } from '../identity/proven-client.ts';
import { cellOf } from '../limiter/cells/cell-of.ts';
import { RefundError, type Verdict, waitOut } from '../limiter/index.ts';
import type { Policy } from '../policy/policy.ts';
import { member } from '../request/request-text.ts';
import { jsonLines, print, type Say } from '../signals/log-lines.ts';
import { quotaWatch } from '../signals/quota-watch.ts';
import {
  type CallerLimiter,
  type CallerVerdict,
  type CreateLimiterOptions,
  callerLimiter,
  defaultClient,
} from '../standalone/request-limiter.ts';
import { addHeaders, exposeHeaders, type ProxyResponse } from './add-headers.ts';
import { forbiddenResponse, limitedResponse } from './limited-response.ts';
import { type OwnLimit, policyOfOwnLimit } from './own-limit.ts';
import { ordersOf, ownStanding } from './own-orders.ts';
import { type OwnSignals, type OwnSignalsOptions, signalsOf } from './own-signals.ts';
import { asProxyResponse } from './proxy-response.ts';
import { type EventRequest, kindOfEvent, requestOf } from './read-event.ts';
import { isStreaming, StreamingResponseError } from './streaming-error.ts';

// The public face of `headgate/rate-limit`. Apart from `headgate/middleware`, which brings no DynamoDB client.
export { MissingEnvironmentError } from '../authorizer/authorizer-error.ts';
export { RefundError, type Verdict } from '../limiter/index.ts';
export type { Policy } from '../policy/policy.ts';
export { memoryStore } from '../store/memory.ts';
export { type OwnLimit, RateLimitOptionsError } from './own-limit.ts';
export type { OwnSignalsOptions } from './own-signals.ts';
export { StreamingResponseError } from './streaming-error.ts';

interface CommonOptions<Event, Response> extends Omit<CreateLimiterOptions, 'policy'> {
  /**
   * Whom it counts: a user, a tenant, a field of the body, as far as it is proven. Where it gives neither a text nor a
   * number, or throws, the caller's address counts.
   *
   * @default - what the `policy`'s `iam`, `authorizer` and trusted `header` entries under `identify` prove, else the address
   */
  readonly by?: (event: Event) => string | number | undefined | null;
  /** One of the policy's tiers. @default - the policy's first */
  readonly tier?: (event: Event) => string | undefined;
  /** The caller's address. @default - what the service in front saw; the policy's `address` is heeded */
  readonly address?: (event: Event) => string | undefined;
  /**
   * Whether a request counts, known from its response: each is charged before the handler runs, and given back where
   * this says false. A handler that throws without a response counts, and so does a response for which this throws.
   *
   * @default - each counts
   */
  readonly countOnly?: (response: Response, event: Event) => boolean;
  /** Told of every verdict, before the handler runs. */
  readonly onVerdict?: (verdict: Verdict, event: Event) => void;
  /**
   * Writes each rejection and the metrics of docs/reference/metrics.md to the function's log. What `by` gives is in a
   * rejection's line as the client, so it must be no secret. `false`: nothing is written.
   *
   * @default - of the gate that HEADGATE_GATE names, which `gate.grantRateLimit(fn)` sets; without it only what becomes of a
   *   registry's orders is written
   */
  readonly signals?: OwnSignalsOptions | false;
  /**
   * The table of the gate whose blocks, resets and overrides (`headgate override --own`) hold here too, within 30 seconds.
   * `false`: none. Needs `dynamodb:Query` on it.
   *
   * @default - the environment variable HEADGATE_REGISTRY_TABLE, which `gate.grantRateLimit(fn)` sets; without it none
   */
  readonly registry?: string | false;
  /** Name the headers in `Access-Control-Expose-Headers` of responses that have CORS headers. @default true */
  readonly exposeHeaders?: boolean;
  /** More headers for the 429, for example CORS headers. @default - none */
  readonly limitedHeaders?: Readonly<Record<string, string>>;
  /** Resolves after so many milliseconds: how a request waits in a queue. @default - Node's timer */
  readonly sleep?: (ms: number) => Promise<unknown>;
}

/** One limit, or a policy of several that is not the gate's: what the gate counts would count twice. */
export type RateLimitOptions<Event = unknown, Response = unknown> = CommonOptions<Event, Response> &
  (OwnLimit | { readonly policy: Policy });

/** What the middleware uses of a middy request; the same in @middy/core 5, 6 and 7. */
export interface RateLimitRequest {
  readonly event: unknown;
  response?: unknown;
}

/** A middleware for @middy/core 5 to 7. */
export interface RateLimitMiddleware {
  before(request: RateLimitRequest): Promise<ProxyResponse | undefined>;
  after(request: RateLimitRequest): Promise<void>;
  onError(request: RateLimitRequest): Promise<void>;
}

/**
 * Limits inside a backend, by what only it knows. For the events of REST and HTTP APIs, function URLs and Application Load
 * Balancers; no gate is needed in front, only the counters' table. Answers 429 in the handler's place, and adds the
 * `X-RateLimit-*` headers to every response.
 *
 * ```ts
 * rateLimit({
 *   name: 'failed-log-ins',
 *   rate: '5/hour',
 *   by: (event: APIGatewayProxyEvent) => JSON.parse(event.body ?? '{}').account,
 *   countOnly: (response) => response.statusCode === 401,
 * })
 * ```
 *
 * Use it after what `by` needs, a parser of the body for example, and before all else.
 *
 * @throws RateLimitOptionsError (HG342) for what is no limit, RefundError (HG341) for `countOnly` with an algorithm that
 *   cannot give back; at the first request MissingEnvironmentError (HG330) without a table, and StreamingResponseError
 *   (HG340) when the handler has answered with a stream
 */
export function rateLimit<Event = unknown, Response = unknown>(
  options: RateLimitOptions<Event, Response>,
): RateLimitMiddleware {
  const policy = 'policy' in options ? options.policy : policyOfOwnLimit(options, options.by ? 'client' : 'address');
  const { countOnly, sleep = setTimeout } = options;
  if (countOnly) checkRefundable(policy);
  const readAddress = addressReader(policy.address);
  const nearQuota = quotaWatch(policy.limits);
  let made: Parts | undefined;
  // At the first request: what it needs of the environment may be set after this.
  const parts = () => {
    made ??= makeParts(options, policy);
    return made;
  };
  // At INIT, where Lambda gives more of a processor. The first request meets what goes wrong.
  if (process.env[AUTHORIZER_ENVIRONMENT.registryTable]) quietly(parts);
  const running = new WeakMap<RateLimitRequest, Verdict>();

  const decide = (event: Event, request: EventRequest): Promise<CallerVerdict> => {
    const { method, path, template, parameters, otherPaths } = request;
    const id = quietly(() => options.by?.(event));
    const proven = options.by ? undefined : provenClient(policy.identify, request);
    return parts().limiter.decideFor({
      method,
      path,
      route: template,
      parameters,
      ...(otherPaths && { otherPaths }),
      // A field of a body may be anything, an object whose `toString` is a number too.
      client: typeof id === 'string' || typeof id === 'number' ? String(id) : undefined,
      proven: proven?.client,
      tier: quietly(() => options.tier?.(event)) ?? proven?.tier,
      address: options.address
        ? quietly(() => options.address?.(event))
        : readAddress(request.sourceIp, request)?.ip.toString(),
      refundable: countOnly !== undefined,
    });
  };
  const finish = (event: unknown, response: ProxyResponse, context: AuthorizerContext): ProxyResponse => {
    const complete = addHeaders(response, rateLimitHeadersOf(context));
    const exposed = (options.exposeHeaders ?? true) ? exposeHeaders(complete, exposedHeadersOf(context)) : complete;
    return hasSeveralValues(event) ? inSeveralValues(exposed) : exposed;
  };
  const settle = async (request: RateLimitRequest): Promise<void> => {
    const before = running.get(request);
    if (!before) return;
    running.delete(request);
    const { event } = request;
    const counts =
      countOnly === undefined || quietly(() => countOnly(request.response as Response, event as Event)) !== false;
    const { limiter, signals } = parts();
    const verdict = counts ? before : await limiter.refund(before);
    signals?.wrote(verdict.writes - before.writes);
    const response = asProxyResponse(request.response, kindOfEvent(event) === 'url');
    if (response === undefined) return;
    const context = tighter(limiter.contextOf(verdict), readContext(member(event, 'requestContext')));
    request.response = finish(event, response, context);
  };

  return {
    async before(request) {
      const event = request.event as Event;
      const read = requestOf(event);
      // The first reading of blocks and overrides alone. It ends within its own deadline and never fails.
      if (parts().loading) await parts().loading;
      const decision = await decide(event, read);
      const { verdict } = decision;
      const { limiter, signals } = parts();
      const near =
        signals && verdict.allowed && verdict.failure === undefined ? nearQuota(verdict.limits, signals.near) : 0;
      signals?.decided(placeOf(read), decision, limiter.clock(), near);
      if (decision.blocked) return finish(event, forbiddenResponse(options.limitedHeaders), {});
      options.onVerdict?.(verdict, event);
      if (!verdict.allowed) {
        const context = limiter.contextOf(verdict);
        return finish(event, limitedResponse(context, options.limitedHeaders), context);
      }
      await waitOut(verdict, sleep);
      running.set(request, verdict);
      return undefined;
    },
    async after(request) {
      if (isStreaming(request.response)) throw new StreamingResponseError('rateLimit');
      await settle(request);
    },
    async onError(request) {
      // Without a response nobody has handled the error: it goes on as it is, and what was charged stays.
      if (request.response !== undefined && request.response !== null && !isStreaming(request.response)) {
        await settle(request);
      }
    },
  };
}

const plainly = jsonLines(print);
const silent: Say = () => {};

interface Parts {
  readonly limiter: CallerLimiter;
  readonly signals: OwnSignals | undefined;
  /** Until blocks and overrides were read once. */
  loading?: Promise<void> | undefined;
}

function makeParts(options: CommonOptions<never, never>, policy: Policy): Parts {
  const signals = signalsOf(options.signals, options.clock);
  const onStoreError: CreateLimiterOptions['onStoreError'] = (error) => {
    signals?.storeFailed(error);
    options.onStoreError?.(error);
  };
  const limiter = callerLimiter({ ...options, policy, onStoreError });
  const parts: Parts = { limiter, signals };
  const table = options.registry ?? process.env[AUTHORIZER_ENVIRONMENT.registryTable];
  if (!table) return parts;
  const { clock } = limiter;
  const say = signals?.say ?? (options.signals === false ? silent : plainly);
  const orders = ordersOf(table, () => options.client ?? defaultClient(), clock);
  limiter.heed(ownStanding(orders, { policy, clock, forget: limiter.forget, say }));
  parts.loading = orders.load().then(() => {
    parts.loading = undefined;
  });
  return parts;
}

/** A balancer's event names no API, stage or route, and its request by no id. */
const placeOf = ({ api = '', stage = '', route = '', requestId = '' }: EventRequest) => ({
  api,
  stage,
  route,
  requestId,
});

function checkRefundable(policy: Policy): void {
  for (const { name, budgets } of policy.limits) {
    for (const budget of Object.values(budgets)) {
      if (!cellOf(budget).counted) throw new RefundError(name, budget.algorithm);
    }
  }
}

/** What a caller sent can make the user's own function throw; then it proves nothing. */
function quietly<T>(read: () => T): T | undefined {
  try {
    return read();
  } catch {
    return undefined;
  }
}

/** The headers tell of the limit with the fewest units left, whether the authorizer counted it or this middleware. */
function tighter(own: AuthorizerContext, outer: AuthorizerContext | undefined): AuthorizerContext {
  if (outer?.remaining === undefined) return own;
  return own.remaining === undefined || Number(outer.remaining) < Number(own.remaining) ? outer : own;
}

/** A balancer that is set to send several values of a header takes only those. */
const hasSeveralValues = (event: unknown): boolean =>
  kindOfEvent(event) === 'balancer' && member(event, 'multiValueHeaders') !== undefined;

function inSeveralValues({ headers, ...response }: ProxyResponse): ProxyResponse {
  const several = Object.fromEntries(Object.entries(headers ?? {}).map(([name, value]) => [name, [String(value)]]));
  return { ...response, multiValueHeaders: { ...several, ...response.multiValueHeaders } };
}
