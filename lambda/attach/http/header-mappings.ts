import { headersOfStyles } from '../../http/rate-limit-headers.ts';
import type { HeaderStyle } from '../../policy/policy.ts';

/** Mappings of an integration's answers by status code. */
export type ResponseParameters = Readonly<Record<string, Readonly<Record<string, string>>>>;

interface Mapped {
  readonly responseParameters: ResponseParameters;
}

/** By mapping key, the value: all that a policy's `headers` can ask for. */
const MAPPINGS = mappingsOf(['x-ratelimit', 'ratelimit']);

function mappingsOf(styles: readonly HeaderStyle[] | undefined): ReadonlyMap<string, string> {
  return new Map(
    headersOfStyles(styles).map(([header, key]) => [`overwrite:header.${header}`, `$context.authorizer.${key}`]),
  );
}

/**
 * API Gateway maps by single status codes. These are what backends answer with; without 429, whose headers are of the
 * limit that the backend itself means.
 */
export const MAPPED_STATUSES = [
  200, 201, 202, 204, 206, 301, 302, 303, 304, 307, 308, 400, 401, 403, 404, 405, 409, 410, 412, 413, 415, 422, 500,
  502, 503, 504,
] as const;

/**
 * The headers that tell where the caller stands, on what a backend answers, as parameter mappings of its integration: the
 * backend is not changed. `overwrite`, not `append`: a backend that has Headgate's middleware sets the same headers itself,
 * and appended they would read `60,60`.
 *
 * @param styles the policy's `headers`: a header whose value the authorizer does not give must not be mapped
 */
export function ourMappings(styles?: readonly HeaderStyle[]): ResponseParameters {
  const mapping = Object.fromEntries(mappingsOf(styles));
  return Object.fromEntries(MAPPED_STATUSES.map((status) => [String(status), mapping]));
}

/** What there is under our keys, whoever has put it there. */
export function mappingsUnderOurKeys({ responseParameters }: Mapped) {
  return filtered(responseParameters, (key) => MAPPINGS.has(key));
}

export function withoutOurMappings(parameters: ResponseParameters): ResponseParameters {
  return filtered(parameters, (key, value) => MAPPINGS.get(key) !== value);
}

const OUR_HEADERS = new Set([...MAPPINGS.keys()].map((key) => headerOf(key)));

/** Whether somebody else maps one of our headers: two mappings of one header would fight. */
export function mapsOurHeaders({ responseParameters }: Mapped): boolean {
  return Object.values(withoutOurMappings(responseParameters)).some((mapping) =>
    Object.keys(mapping).some((key) => OUR_HEADERS.has(headerOf(key))),
  );
}

/**
 * The mappings to send so that under our keys there is exactly `wanted`, and everything else stays as it is. `{}` takes a
 * status code's mappings away. `undefined`: nothing to do.
 */
export function mappingUpdate(present: ResponseParameters, wanted: ResponseParameters): ResponseParameters | undefined {
  const update: Record<string, Readonly<Record<string, string>>> = {};
  let changes = false;
  for (const status of new Set([...Object.keys(present), ...Object.keys(wanted)])) {
    const before = present[status] ?? {};
    const others = Object.entries(before).filter(([key]) => !MAPPINGS.has(key));
    const after = { ...Object.fromEntries(others), ...wanted[status] };
    update[status] = after;
    const keys = new Set([...Object.keys(before), ...Object.keys(after)]);
    changes ||= [...keys].some((key) => before[key] !== (after as Record<string, string>)[key]);
  }
  return changes ? update : undefined;
}

/** Of `append:header.X-Served-By`: `x-served-by`. */
function headerOf(key: string): string {
  return /:header\.(.+)$/.exec(key)?.[1]?.toLowerCase() ?? '';
}

function filtered(
  parameters: ResponseParameters,
  keep: (key: string, value: string) => boolean,
): Record<string, Record<string, string>> {
  const entries = Object.entries(parameters).map(([status, mapping]): [string, Record<string, string>] => [
    status,
    Object.fromEntries(Object.entries(mapping ?? {}).filter(([key, value]) => keep(key, value))),
  ]);
  return Object.fromEntries(entries.filter(([, mapping]) => Object.keys(mapping).length > 0));
}
