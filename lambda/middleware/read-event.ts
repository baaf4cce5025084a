import { httpApiRequest, isHttpApiEvent } from '../authorizer/http-api.ts';
import type { RejectedRequest } from '../authorizer/rejection-log.ts';
import { restRequest } from '../authorizer/rest.ts';
import { type HeaderSource, headerValues } from '../identity/headers.ts';
import type { ProvenRequest } from '../identity/proven-client.ts';
import type { ReadableRequest } from '../request/match-readings.ts';
import { member, record, text } from '../request/request-text.ts';

/** What an event says of its request. Everything in it may come from the caller. */
export interface EventRequest extends ReadableRequest, ProvenRequest, Partial<RejectedRequest> {
  /** The address that the service in front saw. */
  readonly sourceIp: unknown;
}

/**
 * Who sent an event:
 *
 * - `url`: an HTTP API in payload format 2.0, or a function URL, which has the same;
 * - `balancer`: an Application Load Balancer;
 * - `rest`: a REST API, or an HTTP API in payload format 1.0.
 */
export type EventKind = 'url' | 'balancer' | 'rest';

export function kindOfEvent(event: unknown): EventKind {
  if (isHttpApiEvent(event)) return 'url';
  return member(event, 'requestContext', 'elb') === undefined ? 'rest' : 'balancer';
}

/** Takes anything; what is missing is empty. */
export function requestOf(event: unknown): EventRequest {
  const kind = kindOfEvent(event);
  if (kind === 'url') return httpApiRequest(event);
  return kind === 'rest' ? restRequest(event) : balancerRequest(event);
}

const MAX_PATH = 10_240;

function balancerRequest(event: unknown): EventRequest {
  const headers = {
    headers: record(member(event, 'headers')),
    multiValueHeaders: record(member(event, 'multiValueHeaders')),
  };
  return {
    method: text(member(event, 'httpMethod'), 32),
    path: text(member(event, 'path'), MAX_PATH),
    ...headers,
    sourceIp: lastHop(headers),
  };
}

/** The balancer writes the address that it saw at the end of `X-Forwarded-For`, with the port if it is set to. */
function lastHop(headers: HeaderSource): string | undefined {
  const hop = headerValues(headers, 'x-forwarded-for').at(-1)?.split(',').at(-1)?.trim();
  return hop && (/^\[([^\]]+)\](?::\d+)?$/.exec(hop)?.[1] ?? /^([\d.]+):\d+$/.exec(hop)?.[1] ?? hop);
}
