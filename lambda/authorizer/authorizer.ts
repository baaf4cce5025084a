import { setTimeout } from 'node:timers/promises';
import { contextOf } from '../http/verdict-context.ts';
import { waitOut } from '../limiter/index.ts';
import type { HeaderStyle } from '../policy/policy.ts';
import type { MetricsSink } from '../signals/container-metrics.ts';
import { quietly } from '../signals/quietly.ts';
import { IdentityUnavailableError } from './authorizer-error.ts';
import type { Gate, GateRequest } from './gate.ts';
import { type HttpApiAnswer, httpApiAnswer, httpApiRequest, isHttpApiEvent } from './http-api.ts';
import { detailsOf, metricsOf } from './metrics.ts';
import { type RejectionRecord, rejectionsOf } from './rejection-log.ts';
import { type RestAnswer, restAnswer, restRequest } from './rest.ts';

export interface AuthorizerParts {
  readonly gate: Gate;
  /** Ids of the APIs whose limited requests are let through to the middleware. */
  readonly softDenyApis: ReadonlySet<string>;
  /** The key that an API whose `apiKeySource` is AUTHORIZER is told, if any. @default - none */
  readonly keyToPass?: (request: GateRequest) => string | undefined;
  /** The policy's `headers`. @default - `X-RateLimit-*` */
  readonly headers?: readonly HeaderStyle[] | undefined;
  readonly metrics: MetricsSink;
  /** Takes what the log has to say of requests that are turned away, or would be. */
  readonly log: (rejection: RejectionRecord) => void;
  /** Milliseconds since the epoch, the limiter's clock. */
  readonly clock: () => number;
  /**
   * Resolves after so many milliseconds: how a request waits for its turn in a queue.
   *
   * @default Node's timer
   */
  readonly sleep?: (ms: number) => Promise<unknown>;
  /** Milliseconds that never go back: how long decisions take. @default performance.now */
  readonly monotonic?: () => number;
}

export type Authorizer = (event: unknown) => Promise<RestAnswer | HttpApiAnswer>;

/** API Gateway answers 401 to exactly this message of an error, and 500 to any other. */
class Unauthorized extends Error {
  constructor() {
    super('Unauthorized');
    this.name = 'Unauthorized';
    // It is an answer, not a fault: a stack in the log would tell nothing.
    this.stack = 'Unauthorized';
  }
}

/** The handler for the events of REST and of HTTP APIs. */
export function createAuthorizer({
  gate,
  softDenyApis,
  keyToPass,
  headers,
  metrics,
  log,
  clock,
  sleep = setTimeout,
  monotonic = () => performance.now(),
}: AuthorizerParts): Authorizer {
  const answerTo: Authorizer = async (event) => {
    const since = monotonic();
    const isHttp = isHttpApiEvent(event);
    const request: GateRequest = isHttp ? httpApiRequest(event) : restRequest(event);
    const answer = await gate(request);
    const now = clock();
    const tookMs = monotonic() - since;
    // First the wait: a container that ends while it waits has let nothing through, and counts nothing.
    const waitedMs = answer.kind === 'decided' ? await waitOut(answer.verdict, sleep) : 0;
    quietly(() => metrics.record(metricsOf(answer), waitedMs, detailsOf(request, answer, tookMs)));
    for (const rejection of rejectionsOf(request, answer, now)) quietly(() => log(rejection));

    if (answer.kind === 'unavailable') throw new IdentityUnavailableError();
    if (answer.kind === 'unauthorized') {
      if (!isHttp) throw new Unauthorized();
      // Simple responses know no 401: API Gateway answers 403.
      return { isAuthorized: false, context: {} };
    }
    const context = contextOf(answer.verdict, answer.caller, now, headers);
    const softDeny = softDenyApis.has(request.api);
    return isHttp
      ? httpApiAnswer(context, softDeny)
      : restAnswer(event, answer.caller, context, { key: keyToPass?.(request), softDeny });
  };
  return async (event) => {
    try {
      return await answerTo(event);
    } catch (error) {
      const isAnswer = error instanceof Unauthorized || error instanceof IdentityUnavailableError;
      if (!isAnswer) quietly(() => metrics.failed?.());
      throw error;
    }
  };
}
