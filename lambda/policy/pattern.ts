import { canonicalPath, fold } from './path-forms.ts';
import type { RoutePattern } from './policy.ts';

/** The methods that API Gateway routes. */
export const METHODS = ['GET', 'HEAD', 'POST', 'PUT', 'PATCH', 'DELETE', 'OPTIONS'] as const;

/** A policy's route or an API's own template, ready to be compared: a string is a literal segment. */
export interface CompiledPath {
  readonly segments: readonly (string | typeof PARAMETER)[];
  /** Ends in `*` (policy) or `{name+}` (API): any number of further segments. */
  readonly open: boolean;
}

export interface CompiledPattern extends CompiledPath {
  readonly method: string;
  readonly pattern: RoutePattern;
}

export const PARAMETER = Symbol('parameter');

export function compilePattern(pattern: RoutePattern): CompiledPattern {
  return { method: pattern.method, pattern, ...compilePath(pattern.path) };
}

/** Compiles `/users/{id}`, `/reports/*` (policy), `/{proxy+}` and `$default` (API Gateway). */
export function compilePath(path: string): CompiledPath {
  if (path === '$default') return { segments: [], open: true };
  const parts = path.split('/').filter(Boolean);
  const open = parts.at(-1) === '*' || /^\{.*\+\}$/.test(parts.at(-1) ?? '');
  const segments = (open ? parts.slice(0, -1) : parts).map((part) =>
    /^\{.*\}$/.test(part) ? PARAMETER : literal(part),
  );
  return { segments, open };
}

/** A GET limit holds for HEAD too: backends answer HEAD with the handler of GET. Methods nobody knows match all. */
export function methodMatches(limited: string, requested: string): boolean {
  if (limited === 'ANY' || limited === requested) return true;
  if (limited === 'GET' && requested === 'HEAD') return true;
  return !(METHODS as readonly string[]).includes(requested);
}

/** Whether a path's segments are what the pattern says. */
export function segmentsMatch(pattern: CompiledPath, segments: readonly string[]): boolean {
  if (segments.length < pattern.segments.length) return false;
  if (!pattern.open && segments.length > pattern.segments.length) return false;
  return pattern.segments.every((expected, index) => expected === PARAMETER || expected === segments[index]);
}

/** Whether requests that API Gateway routed to a closed `template` match: all of them, none, or as their path says. */
export function templateMatches(pattern: CompiledPath, template: CompiledPath): 'all' | 'none' | 'path' {
  const [wanted, given] = [pattern.segments, template.segments];
  if (given.length < wanted.length || (!pattern.open && given.length > wanted.length)) return 'none';
  let result: 'all' | 'path' = 'all';
  for (const [index, expected] of wanted.entries()) {
    if (expected === PARAMETER || expected === given[index]) continue;
    if (given[index] !== PARAMETER) return 'none';
    result = 'path';
  }
  return result;
}

/** Whether some path is one of both. */
export function pathsOverlap(a: CompiledPath, b: CompiledPath): boolean {
  if (a.segments.length < b.segments.length && !a.open) return false;
  if (b.segments.length < a.segments.length && !b.open) return false;
  const common = Math.min(a.segments.length, b.segments.length);
  for (let index = 0; index < common; index++) {
    const [left, right] = [a.segments[index], b.segments[index]];
    if (left !== right && left !== PARAMETER && right !== PARAMETER) return false;
  }
  return true;
}

function literal(part: string): string {
  const canonical = canonicalPath(`/${part}`).slice(1);
  return canonical === '' || canonical.includes('/') ? fold(part) : canonical;
}
