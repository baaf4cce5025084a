import { type GatewayAnswer, gatewayAnswers } from '../../http/gateway-answers.ts';
import { exposedHeaders } from '../../http/rate-limit-headers.ts';
import type { HeaderStyle } from '../../policy/policy.ts';
import type { RestResponse, RestState } from './rest-state.ts';

const HEADER = 'gatewayresponse.header.';
const ORIGIN = 'access-control-allow-origin';
const EXPOSE = 'access-control-expose-headers';

/** The answer of our own for a type, with the headers that this API's other errors have. */
export function wantedResponse(
  type: GatewayAnswer['type'],
  state: RestState,
  styles?: readonly HeaderStyle[],
): RestResponse {
  const answer = gatewayAnswers(styles).find((one) => one.type === type);
  if (answer === undefined) throw new Error(`no answer for ${type}`);
  const headers = new Map<string, [name: string, value: string]>();
  const add = (name: string, value: string) => headers.set(name.toLowerCase(), [name, value]);
  for (const [name, value] of inheritedHeaders(state)) add(name, value);
  for (const [name, value] of Object.entries(answer.headers)) add(name, value);
  expose(headers, exposedHeaders(styles), add);
  return {
    statusCode: String(answer.status),
    responseParameters: Object.fromEntries([...headers.values()].map(([name, value]) => [`${HEADER}${name}`, value])),
    responseTemplates: { 'application/json': answer.body },
  };
}

/**
 * A gateway response of its own type takes nothing from `DEFAULT_4XX`: CORS and security headers that the API sets there
 * are copied. Without such, the CORS headers are those of its preflights.
 */
function inheritedHeaders({ responses, methods }: RestState): [name: string, value: string][] {
  const own = Object.entries(responses.get('DEFAULT_4XX')?.responseParameters ?? {})
    .filter(([name]) => name.startsWith(HEADER))
    .map(([name, value]): [string, string] => [name.slice(HEADER.length), value]);
  if (own.some(([name]) => name.toLowerCase() === ORIGIN)) return own;
  const preflights = methods.filter(({ method }) => method === 'OPTIONS').sort((a, b) => a.path.length - b.path.length);
  for (const { integration } of preflights) {
    const cors = preflightHeaders(integration);
    if (cors.some(([name]) => name.toLowerCase() === ORIGIN)) return [...own, ...cors];
  }
  return own;
}

const KEPT = /^(?:access-control-allow-(?:origin|credentials)|access-control-expose-headers|vary)$/i;
const RESPONSE_HEADER = 'method.response.header.';

/** The constant CORS headers of a mock integration's answers that matter on an answer that is not a preflight's. */
function preflightHeaders(integration: unknown): [name: string, value: string][] {
  const { integrationResponses = {} } = (integration ?? {}) as {
    integrationResponses?: Record<string, { responseParameters?: Record<string, string> | null }>;
  };
  return Object.values(integrationResponses)
    .flatMap(({ responseParameters }) => Object.entries(responseParameters ?? {}))
    .filter(([name, value]) => name.startsWith(RESPONSE_HEADER) && /^'.*'$/.test(value))
    .map(([name, value]): [string, string] => [name.slice(RESPONSE_HEADER.length), value])
    .filter(([name]) => KEPT.test(name));
}

/** Pages may read our headers, where they may read anything. */
function expose(
  headers: ReadonlyMap<string, [string, string]>,
  ours: readonly string[],
  add: (name: string, value: string) => void,
): void {
  const origin = headers.get(ORIGIN)?.[1];
  if (origin === undefined) return;
  const [name, value = "''"] = headers.get(EXPOSE) ?? ['Access-Control-Expose-Headers'];
  const list = /^'(.*)'$/.exec(value)?.[1];
  // Not a constant: the owner takes it from somewhere, and that stays.
  if (list === undefined) return;
  const exposed = list
    .split(',')
    .map((one) => one.trim())
    .filter(Boolean);
  const missing = ours.filter((one) => !exposed.some((has) => has === '*' || same(has, one)));
  if (missing.length > 0) add(name, `'${[...exposed, ...missing].join(',')}'`);
  if (origin !== "'*'" && !headers.has('vary')) add('Vary', "'Origin'");
}

const same = (a: string, b: string): boolean => a.toLowerCase() === b.toLowerCase();
