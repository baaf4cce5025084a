import type { Finding, PolicyProblem } from './problem.ts';
import type { Path, PolicySource } from './source.ts';

export interface ReportOptions {
  /** Point at the key instead of the value. */
  readonly at?: 'key' | 'value';
  readonly severity?: 'error' | 'warning';
  /** Default: what stands at the path; `hidden` for what may be a secret. */
  readonly value?: unknown;
}

/** Collects what is wrong with a policy, each with its place. */
export class Report {
  readonly problems: PolicyProblem[] = [];
  readonly #source: PolicySource;

  constructor(source: PolicySource) {
    this.#source = source;
  }

  add(path: Path, finding: Finding, { at = 'value', severity = 'error', ...options }: ReportOptions = {}): void {
    const { line, column } = this.#source.locate(path, at);
    if (this.#source.misreadLines.has(line)) return;
    const value = 'value' in options ? options.value : valueAt(this.#source.data, path);
    this.problems.push({ ...finding, severity, line, column, path: pathText(path), value: valueText(value) });
  }

  /** Returns what a reader made of a value, or reports what it found wrong with it. */
  take<T extends object>(path: Path, read: T | Finding, options?: ReportOptions): T | undefined {
    if (!isFinding(read)) return read;
    this.add(path, read, options);
    return undefined;
  }
}

export function isFinding(value: object): value is Finding {
  return 'code' in value && 'mend' in value;
}

export function valueAt(data: unknown, path: Path): unknown {
  let value = data;
  for (const step of path) {
    if (typeof value !== 'object' || value === null || !Object.hasOwn(value, step)) return undefined;
    value = (value as Record<string | number, unknown>)[step];
  }
  return value;
}

/** `limits.sign-in.routes[1]`. */
export function pathText(path: Path): string {
  return path
    .map((step, index) => (typeof step === 'number' ? `[${step}]` : `${index === 0 ? '' : '.'}${step}`))
    .join('');
}

function valueText(value: unknown): string {
  if (value === undefined) return '';
  const text = typeof value === 'string' ? value : JSON.stringify(value);
  return text.length > 80 ? `${text.slice(0, 79)}…` : text;
}

export function isMap(value: unknown): value is Readonly<Record<string, unknown>> {
  return typeof value === 'object' && value !== null && !Array.isArray(value);
}
