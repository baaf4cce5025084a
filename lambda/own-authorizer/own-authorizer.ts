import { setTimeout } from 'node:timers/promises';
import type { GateRequest } from '../authorizer/gate.ts';
import { httpApiRequest, isHttpApiEvent } from '../authorizer/http-api.ts';
import { detailsOf, metricsOf } from '../authorizer/metrics.ts';
import { type RejectionRecord, rejectionsOf } from '../authorizer/rejection-log.ts';
import { restRequest } from '../authorizer/rest.ts';
import type { AuthorizerContext } from '../http/context.ts';
import { contextOf } from '../http/verdict-context.ts';
import { type Verdict, waitOut } from '../limiter/index.ts';
import { member } from '../request/request-text.ts';
import type { MetricsSink } from '../signals/container-metrics.ts';
import { quietly } from '../signals/quietly.ts';
import {
  blocked,
  denied,
  deniedAfter,
  isUnauthorized,
  letsThrough,
  type OwnAnswer,
  withContext,
  withLimitedContext,
} from './answers.ts';
import { type Passage, type PassageAnswer, type PassageParts, passages, type Who } from './passage.ts';
import { isTokenEvent, tokenRequest } from './token-request.ts';

export interface OwnAuthorizerParts extends PassageParts {
  readonly metrics: MetricsSink;
  /** Takes what the log has to say of requests that are turned away, or would be. */
  readonly log: (rejection: RejectionRecord) => void;
  /** Resolves after so many milliseconds: how a request waits in a queue. @default - Node's timer */
  readonly sleep?: (ms: number) => Promise<unknown>;
}

/** How a request stands with its limits. */
export interface Limited {
  readonly allowed: boolean;
  /** For the `context` of your answer: strings, as docs/reference/headers.md says. Empty where the caller is blocked. */
  readonly context: AuthorizerContext;
  /** Absent where the caller is blocked. */
  readonly verdict?: Verdict;
  /**
   * What to return where `allowed` is false: an explicit Deny, or `isAuthorized: false`.
   *
   * @throws the error that API Gateway takes for a 401, where the caller is blocked, on a REST API
   */
  turnAway(): OwnAnswer;
}

export interface WithRateLimitOptions<Answer = unknown, Event = unknown> {
  /**
   * The client that an answer names. Where it gives nothing, or throws, the address counts.
   *
   * @default - its `principalId`; simple responses have none, and the address counts
   */
  readonly clientOf?: (answer: Answer, event: Event) => Who['client'];
  /** The client's tier, one of the policy's. @default - the policy's first */
  readonly tierOf?: (answer: Answer, event: Event) => Who['tier'];
  /**
   * HTTP APIs: what becomes of a limited request that your authorizer lets through. `middleware`: `rateLimitHeaders()` in the
   * backend answers 429.
   *
   * @default 'forbidden' - 403
   */
  readonly deny?: 'forbidden' | 'middleware';
  /** HTTP APIs: whether the authorizer is set to simple responses. @default true */
  readonly simpleResponses?: boolean;
}

export type OwnHandler<Event, Context, Answer> = (event: Event, context: Context) => Promise<Answer> | Answer;

export interface OwnAuthorizer {
  limit(event: unknown, who?: Who): Promise<Limited>;
  withRateLimit<Event, Context, Answer>(
    handler: OwnHandler<Event, Context, Answer>,
    options?: WithRateLimitOptions<NoInfer<Answer>, NoInfer<Event>>,
  ): (event: Event, context: Context) => Promise<Answer>;
}

/** See `limit` and `withRateLimit` in index.ts, which are this with the parts of the function's environment. */
export function createOwnAuthorizer(parts: () => OwnAuthorizerParts | Promise<OwnAuthorizerParts>): OwnAuthorizer {
  let passageOf: ReturnType<typeof passages> | undefined;
  /** What `limit` is asked about more than once. */
  const open = new WeakMap<object, Promise<Invocation>>();

  const begin = async (event: unknown, simple: boolean): Promise<Invocation> => {
    const made = await parts();
    passageOf ??= passages(made);
    const request = requestOf(event);
    return { made, event, simple, request, passage: passageOf(request) };
  };
  const begun = (event: unknown): Promise<Invocation> => {
    if (typeof event !== 'object' || event === null) return begin(event, true);
    const known = open.get(event) ?? begin(event, true);
    open.set(event, known);
    return known;
  };

  return {
    async limit(event, who) {
      const invocation = await begun(event);
      return who === undefined ? before(invocation) : after(invocation, who);
    },
    withRateLimit:
      (handler, { clientOf = principalOf, tierOf, deny = 'forbidden', simpleResponses = true } = {}) =>
      async (event, context) => {
        type Answer = Awaited<ReturnType<typeof handler>>;
        const invocation = await begin(event, simpleResponses);
        const early = await before(invocation);
        if (!early.allowed) return early.turnAway() as Answer;
        let answer: Answer;
        try {
          answer = await handler(event, context);
        } catch (error) {
          if (!isUnauthorized(error)) throw error;
          const late = await rejected(invocation);
          if (late.allowed) throw error;
          return late.turnAway() as Answer;
        }
        if (!letsThrough(answer)) {
          const late = await rejected(invocation);
          return late.allowed ? answer : (late.turnAway() as Answer);
        }
        const told = <T>(read: () => T) => orUndefined(read, invocation.made.onFault);
        const client = told(() => clientOf(answer, event));
        const late = await after(invocation, { client, tier: told(() => tierOf?.(answer, event)) });
        if (late.allowed) return withContext(answer, late.context) as Answer;
        const isLetOn = deny === 'middleware' && isHttpApiEvent(event) && late.verdict !== undefined;
        if (isLetOn) return withLimitedContext(answer, late.context) as Answer;
        return deniedAfter(late.turnAway(), answer) as Answer;
      },
  };
}

/** One request on its way. */
interface Invocation {
  readonly made: OwnAuthorizerParts;
  readonly event: unknown;
  readonly request: GateRequest;
  readonly passage: Passage;
  /** Whether an HTTP API takes simple responses. */
  readonly simple: boolean;
}

async function before(invocation: Invocation): Promise<Limited> {
  const answer = await invocation.passage.before();
  return passes(answer) ? limitedOf(invocation, answer) : conclude(invocation, answer);
}

async function after(invocation: Invocation, who: Who): Promise<Limited> {
  return conclude(invocation, await invocation.passage.after(who));
}

/** The authorizer has turned its caller away: whether it may go on guessing. */
async function rejected(invocation: Invocation): Promise<Limited> {
  const answer = await invocation.passage.rejected();
  if (!passes(answer)) return conclude(invocation, answer);
  const { caller } = answer;
  const { made, request } = invocation;
  const names = metricsOf({ kind: 'unauthorized', caller, reason: 'anonymous' });
  quietly(() => made.metrics.record(names, 0, detailsOf(request, answer)));
  return limitedOf(invocation, answer);
}

const passes = (answer: PassageAnswer): boolean => answer.kind === 'decided' && answer.verdict.allowed;

/** This is what becomes of the request: it is waited for, counted in the metrics and, where it is turned away, logged. */
async function conclude(invocation: Invocation, answer: PassageAnswer): Promise<Limited> {
  const { made, request } = invocation;
  const limited = limitedOf(invocation, answer);
  const now = made.clock();
  const waited = answer.kind === 'decided' ? await waitOut(answer.verdict, made.sleep ?? setTimeout) : 0;
  quietly(() => made.metrics.record(metricsOf(answer), waited, detailsOf(request, answer)));
  for (const rejection of rejectionsOf(request, answer, now)) quietly(() => made.log(rejection));
  return limited;
}

function limitedOf({ made, event, simple }: Invocation, answer: PassageAnswer): Limited {
  const { caller } = answer;
  if (answer.kind === 'unauthorized') {
    return { allowed: false, context: {}, turnAway: () => blocked(event, caller, simple) };
  }
  const { verdict } = answer;
  const context = contextOf(verdict, caller, made.clock(), made.policy.headers);
  return { allowed: verdict.allowed, context, verdict, turnAway: () => denied(event, caller, context, simple) };
}

function requestOf(event: unknown): GateRequest {
  if (isHttpApiEvent(event)) return httpApiRequest(event);
  return isTokenEvent(event) ? tokenRequest(event) : restRequest(event);
}

function principalOf(answer: unknown): string | undefined {
  const principal = member(answer, 'principalId');
  return typeof principal === 'string' ? principal : undefined;
}

/** What a user's function cannot read of an answer names nobody; a fault of it must not lock everybody out. */
function orUndefined<T>(read: () => T, onFault: (error: unknown) => void): T | undefined {
  try {
    return read();
  } catch (error) {
    quietly(() => onFault(error));
    return undefined;
  }
}
