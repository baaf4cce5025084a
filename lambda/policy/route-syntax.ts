import { nearest } from './nearest.ts';
import { canonicalPath } from './path-forms.ts';
import { METHODS } from './pattern.ts';
import type { RoutePattern } from './policy.ts';
import type { Finding } from './problem.ts';

/** For the JSON Schema; `parseRoute` is stricter and says why. */
export const ROUTE_PATTERN = /^(GET|HEAD|POST|PUT|PATCH|DELETE|OPTIONS|ANY) \/\S*$/;
const MAX_LENGTH = 512;
const ALL_METHODS = [...METHODS, 'ANY'];
const ALLOWED =
  'METHOD /path, with GET, HEAD, POST, PUT, PATCH, DELETE, OPTIONS or ANY; {name} is one segment, a last * the rest (GET /users/{id}, ANY /reports/*)';

/** Reads `POST /login`, `GET /users/{id}`, `ANY /reports/*`. */
export function parseRoute(value: unknown): RoutePattern | Finding {
  if (typeof value !== 'string') return wrong(...notText(value));
  const text = value.trim();
  if (text.length > MAX_LENGTH)
    return wrong(`a route of ${text.length} characters`, `use at most ${MAX_LENGTH} characters`);
  const parts = /^(\S+)\s+(\S.*)$/.exec(text);
  if (parts === null) {
    const joined = /^([A-Za-z]+)(\/.*)$/.exec(text);
    if (joined) return wrong('no space between method and path', `write \`${joined[1]!.toUpperCase()} ${joined[2]}\``);
    const path = text.startsWith('/') ? text : `/${text}`;
    return wrong(`\`${shorten(text)}\` names no method`, `write \`ANY ${shorten(path)}\`, or one method`);
  }
  const [, method = '', path = ''] = parts;
  const upper = method.toUpperCase();
  if (!ALL_METHODS.includes(upper)) {
    const meant = nearest(method, ALL_METHODS);
    return wrong(
      `\`${shorten(method)}\` is not a method`,
      meant ? `write \`${meant} ${path}\`` : `use one of ${ALL_METHODS.join(', ')}`,
    );
  }
  if (upper !== method) return wrong('a method is written in upper case', `write \`${upper} ${path}\``);
  if (!path.startsWith('/')) return wrong('a path starts with /', `write \`${method} /${path}\``);
  const found = pathFinding(path);
  return found === undefined ? { method, path } : wrong(...found(method));
}

/** The same for two routes that match the same requests. */
export function routeKey({ method, path }: RoutePattern): string {
  const segments = path.split('/').map((part) => (/^\{.*\}$/.test(part) ? '{}' : part));
  const literal = segments.map((part) =>
    part === '{}' || part === '*' || part === '' ? part : canonicalPath(`/${part}`).slice(1),
  );
  return `${method} ${literal.filter(Boolean).join('/')}`;
}

type Wrong = readonly [message: string, mend: string];

/** What is wrong with a path; the mend needs the method. */
function pathFinding(path: string): ((method: string) => Wrong) | undefined {
  if (/\s/.test(path)) return () => ['a path has no spaces', 'write %20 for a space, and one route per entry'];
  const query = /[?#\\;]/.exec(path);
  if (query)
    return (method) => [
      `\`${query[0]}\` in a path`,
      `routes are matched by path alone: write \`${method} ${path.slice(0, query.index)}\``,
    ];
  const parts = path.slice(1).split('/');
  if (parts.slice(0, -1).includes(''))
    return (method) => ['a doubled slash', `write \`${method} ${path.replace(/\/+/g, '/')}\``];
  if (parts.some((part) => part === '.' || part === '..'))
    return () => ['a dot segment', 'write the path that it stands for'];
  if (/%(?![0-9a-f]{2})/i.test(path))
    return () => ['a percent sign without two hexadecimal digits', 'write %25 for a percent sign'];
  // Some servers drop the dots and spaces that end a segment: what is made of nothing else is no segment to them.
  const empty = parts.find((part) => part !== '' && canonicalPath(`/${part}`) === '/');
  if (empty !== undefined) return () => [`\`${shorten(empty)}\` is cut away by some servers`, 'use another name'];
  for (const [index, part] of parts.entries()) {
    const rewrite = (to: string) => (method: string) => `write \`${method} /${parts.with(index, to).join('/')}\``;
    const name = /\{([A-Za-z0-9_.-]+)/.exec(part)?.[1] ?? /[A-Za-z0-9_.-]+/.exec(part)?.[0] ?? 'id';
    if (/^\{[A-Za-z0-9_.-]+\}$/.test(part)) continue;
    if (/^\{.*\+\}$/.test(part) || /^\*\*/.test(part))
      return (method) => [`\`${part}\` is not the policy's way to say "the rest"`, rewrite('*')(method)];
    if (/^:[\w-]+$/.test(part))
      return (method) => [`\`${part}\` would be taken literally`, rewrite(`{${name}}`)(method)];
    if (/[{}]/.test(part)) return (method) => [`\`${part}\`: {name} is a whole segment`, rewrite(`{${name}}`)(method)];
    if (part === '*' && index === parts.length - 1) continue;
    if (part === '*')
      return (method) => ['* stands for the rest of the path, so it comes last', rewrite('{any}')(method)];
    if (part.includes('*'))
      return (method) => [
        `\`${part}\`: * is a whole segment`,
        rewrite(index === parts.length - 1 ? '*' : '{any}')(method),
      ];
  }
  return undefined;
}

/** YAML made something else of what was meant as text. */
function notText(value: unknown): Wrong {
  if (value === null || value === undefined) return ['an empty entry', 'write a route, or take the entry away'];
  if (typeof value !== 'object') return [`\`${String(value)}\` is not a route`, 'write `GET /path`, for example'];
  const [entry] = Array.isArray(value) ? [] : Object.entries(value);
  if (entry === undefined) return ['a list where a route belongs', 'write one route per line, each after `- `'];
  const [key, inner] = entry;
  if (inner === null) return [`YAML takes \`{${key}}\` for a map`, `quote the route: "GET /path/{${key}}"`];
  return [
    `YAML takes \`${key}: ${String(inner)}\` for a map`,
    `write \`${key.toUpperCase()} ${String(inner)}\`, without colon`,
  ];
}

const shorten = (text: string): string => (text.length > 60 ? `${text.slice(0, 59)}…` : text);
const wrong = (message: string, mend: string): Finding => ({ code: 'HG112', message, allowed: ALLOWED, mend });
