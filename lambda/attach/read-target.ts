import type { HeaderStyle, RoutePattern } from '../policy/policy.ts';
import { AttachError } from './attach-error.ts';
import type { AttachTarget } from './model.ts';
import { ATTACHMENT_RESOURCE } from './resource.ts';

/**
 * The target in a custom resource's properties. Constructs write it; what is wrong with it is wrong with them.
 *
 * @throws AttachError HG242
 */
export function readTarget(properties: Readonly<Record<string, unknown>>): AttachTarget {
  const text = properties[ATTACHMENT_RESOURCE.target];
  const value = typeof text === 'string' ? parse(text) : undefined;
  if (value === undefined) throw bad(ATTACHMENT_RESOURCE.target, 'JSON text');
  const { kind, deny, routes, headers } = value;
  if (kind !== 'rest' && kind !== 'http') throw bad('kind', '"rest" or "http"');
  if (deny !== undefined && deny !== 'forbidden' && deny !== 'middleware') {
    throw bad('deny', '"forbidden", "middleware", or nothing');
  }
  if (routes !== undefined && !(Array.isArray(routes) && routes.every(isRoute))) {
    throw bad('routes', 'a list of method and path, or nothing');
  }
  if (headers !== undefined && !(Array.isArray(headers) && headers.every(isStyle))) {
    throw bad('headers', 'a list of "x-ratelimit" and "ratelimit", or nothing');
  }
  return {
    kind,
    apiId: id(value, 'apiId', /^[A-Za-z0-9]{1,64}$/),
    stage: id(value, 'stage', /^(?:[A-Za-z0-9_-]{1,128}|\$default)$/),
    functionArn: id(value, 'functionArn', /^arn:[a-z-]+:lambda:[a-z0-9-]+:\d{12}:function:[A-Za-z0-9_:$-]{1,200}$/),
    gate: id(value, 'gate', /^[A-Za-z0-9._-]{1,64}$/),
    ...(value.accessLog !== undefined && { accessLog: id(value, 'accessLog', LOG_GROUP) }),
    ...(routes !== undefined && { routes: routes as RoutePattern[] }),
    ...(deny !== undefined && { deny }),
    ...(headers !== undefined && { headers: headers as HeaderStyle[] }),
    ...(value.sharedDeny === true && { sharedDeny: true }),
    ...(value.replace === true && { replace: true }),
    ...(value.passKeys === true && { passKeys: true }),
    ...(value.publishPending === true && { publishPending: true }),
  };
}

const LOG_GROUP = /^arn:[a-z-]+:logs:[a-z0-9-]+:\d{12}:log-group:[A-Za-z0-9._/#-]{1,512}(?::\*)?$/;

function id(value: Readonly<Record<string, unknown>>, name: string, allowed: RegExp): string {
  const text = value[name];
  if (typeof text !== 'string' || !allowed.test(text)) throw bad(name, `text like ${allowed.source}`);
  return text;
}

const isRoute = (value: unknown): boolean => {
  const { method, path } = (value ?? {}) as Record<string, unknown>;
  return typeof method === 'string' && typeof path === 'string' && path.startsWith('/');
};

const isStyle = (value: unknown): boolean => value === 'x-ratelimit' || value === 'ratelimit';

function parse(text: string): Readonly<Record<string, unknown>> | undefined {
  try {
    const value: unknown = JSON.parse(text);
    return value !== null && typeof value === 'object' ? (value as Record<string, unknown>) : undefined;
  } catch {
    return undefined;
  }
}

const bad = (name: string, allowed: string): AttachError =>
  new AttachError('badTarget', `the attachment's ${name} cannot be read; it has to be ${allowed}`);
