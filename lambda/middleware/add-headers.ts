import { EXPOSED_HEADERS } from '../http/rate-limit-headers.ts';

/** A response of a proxy integration; what else it has is left as it is. */
export interface ProxyResponse {
  readonly headers?: Readonly<Record<string, unknown>>;
  readonly multiValueHeaders?: Readonly<Record<string, unknown>>;
  readonly [key: string]: unknown;
}

const EXPOSE = 'access-control-expose-headers';
const ALLOW_ORIGIN = 'access-control-allow-origin';

/** A response with `added` as headers. What the handler has set itself, in whatever case, stays. */
export function addHeaders(response: ProxyResponse, added: Readonly<Record<string, string>>): ProxyResponse {
  const headers: Record<string, unknown> = { ...response.headers };
  for (const [name, value] of Object.entries(added)) {
    if (keyOf(headers, name) === undefined && keyOf(response.multiValueHeaders, name) === undefined) {
      headers[name] = value;
    }
  }
  return { ...response, headers };
}

/** Lets a browser's script read the headers: names them in the CORS header that lists what it may see. */
export function exposeHeaders(response: ProxyResponse, ours: readonly string[] = EXPOSED_HEADERS): ProxyResponse {
  const { headers, multiValueHeaders } = response;
  const several = keyOf(multiValueHeaders, EXPOSE);
  if (several !== undefined) {
    const values = [multiValueHeaders![several]].flat().map(String);
    return { ...response, multiValueHeaders: { ...multiValueHeaders, [several]: withOurs(values, ours) } };
  }
  const one = keyOf(headers, EXPOSE);
  if (one !== undefined) {
    return { ...response, headers: { ...headers, [one]: withOurs([String(headers![one])], ours).join(', ') } };
  }
  const isCors = keyOf(headers, ALLOW_ORIGIN) !== undefined || keyOf(multiValueHeaders, ALLOW_ORIGIN) !== undefined;
  if (!isCors) return response;
  return { ...response, headers: { ...headers, 'Access-Control-Expose-Headers': ours.join(', ') } };
}

function withOurs(values: readonly string[], ours: readonly string[]): string[] {
  const listed = new Set(values.flatMap((value) => value.split(',')).map((name) => name.trim().toLowerCase()));
  if (listed.has('*')) return [...values];
  return [...values.filter(Boolean), ...ours.filter((name) => !listed.has(name.toLowerCase()))];
}

function keyOf(headers: Readonly<Record<string, unknown>> | undefined, name: string): string | undefined {
  const wanted = name.toLowerCase();
  return Object.keys(headers ?? {}).find((key) => key.toLowerCase() === wanted);
}
