import { type PathForms, pathForms } from './path-forms.ts';
import {
  type CompiledPath,
  type CompiledPattern,
  compilePath,
  compilePattern,
  methodMatches,
  PARAMETER,
  segmentsMatch,
  templateMatches,
} from './pattern.ts';

/** What is known of a request's route. All of it but the template comes from the caller. */
export interface RouteRequest {
  readonly method: string;
  /** The API's own route, without method: `resource` (REST) or the path of `routeKey` (HTTP), `$default` included. */
  readonly template?: string | undefined;
  /** As the caller sent it, without stage. */
  readonly path: string;
  /**
   * `pathParameters` of the event. Behind a custom domain with a base path `path` begins with the base path; the
   * parameters tell what the template's own part of it is.
   */
  readonly parameters?: Readonly<Record<string, string | undefined>> | null | undefined;
}

export type CompiledCost = CompiledPattern & { readonly cost: number };
type Template = CompiledPath & { readonly names: readonly string[] };

/** One request, read in every way in which a server may read it. The path is looked at only where it decides. */
export class RequestView {
  readonly #request: RouteRequest;
  readonly #method: string;
  readonly #template: Template | undefined;
  #paths: PathForms | undefined;

  constructor(request: RouteRequest) {
    this.#request = request;
    this.#method = request.method.trim().toUpperCase();
    this.#template = request.template === undefined ? undefined : compileTemplate(request.template);
  }

  matchesSome(patterns: readonly CompiledPattern[]): boolean {
    return patterns.some((pattern) => {
      const match = this.#byTemplate(pattern);
      if (match !== 'path') return match === 'all';
      return this.#readings.malformed || this.#readings.forms.some((form) => segmentsMatch(pattern, form));
    });
  }

  /** The first pattern that matches each form; of a malformed path all that could be meant. */
  hits<T extends CompiledPattern>(patterns: readonly T[]): readonly T[] {
    const candidates = patterns.filter((pattern) => this.#byTemplate(pattern) !== 'none');
    const certain = candidates.findIndex((pattern) => this.#byTemplate(pattern) === 'all');
    // Whatever stands behind one that matches every path of the template is never the first.
    const relevant = certain < 0 ? candidates : candidates.slice(0, certain + 1);
    if (certain === 0 || this.#readings.malformed) return relevant;
    const found = new Set<T>();
    for (const form of this.#readings.forms) {
      const first = relevant.find((pattern) => this.#byTemplate(pattern) === 'all' || segmentsMatch(pattern, form));
      if (first !== undefined) found.add(first);
    }
    return relevant.filter((pattern) => found.has(pattern));
  }

  /** The first cost that matches; where the path can be read in several ways the largest of them. */
  costOf(costs: readonly CompiledCost[], otherwise: number): number {
    const everywhere: CompiledCost = { ...EVERYWHERE, cost: otherwise };
    return Math.max(...this.hits([...costs, everywhere]).map(({ cost }) => cost));
  }

  /** Whether all, none, or some paths of the API's route are the pattern's. */
  #byTemplate(pattern: CompiledPattern): 'all' | 'none' | 'path' {
    if (!methodMatches(pattern.method, this.#method)) return 'none';
    if (pattern.open && pattern.segments.length === 0) return 'all';
    if (this.#template === undefined || this.#template.open) return 'path';
    return templateMatches(pattern, this.#template);
  }

  get #readings(): PathForms {
    this.#paths ??= formsOf(this.#request, this.#template);
    return this.#paths;
  }
}

const EVERYWHERE = compilePattern({ method: 'ANY', path: '/*' });

/** All forms of the path, and of the template filled with the parameters, from which a base path is absent. */
function formsOf(request: RouteRequest, template: Template | undefined): PathForms {
  const whole = pathForms(request.path);
  if (template === undefined || template.names.length === 0) return whole;
  const forms = [...whole.forms];
  let { malformed } = whole;
  const values = template.names.map((name) => request.parameters?.[name]);
  if (values.every((value) => value !== undefined)) {
    const rest = [...values];
    const segments = template.segments.map((segment) => (segment === PARAMETER ? rest.shift()! : segment));
    const filled = pathForms(`/${[...segments, ...rest].join('/')}`);
    forms.push(...filled.forms);
    malformed ||= filled.malformed;
  }
  // The template's segments are the last ones of the path, whatever base path comes before them.
  if (!template.open) forms.push(...whole.forms.map((form) => form.slice(-template.segments.length)));
  return { forms, malformed };
}

/** An API has some hundred routes at most; the bound is for callers that hand in something else. */
const MAX_TEMPLATES = 1000;
const templates = new Map<string, Template>();

function compileTemplate(template: string): Template {
  let compiled = templates.get(template);
  if (compiled === undefined) {
    const names = [...template.matchAll(/\{([^{}+]+)\+?\}/g)].map((match) => match[1]!);
    compiled = { ...compilePath(template), names };
    if (templates.size >= MAX_TEMPLATES) templates.clear();
    templates.set(template, compiled);
  }
  return compiled;
}
