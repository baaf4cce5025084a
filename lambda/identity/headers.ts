/** Headers as an event has them: any case, a value or several, hostile. */
export interface HeaderSource {
  readonly headers?: Readonly<Record<string, unknown>> | null | undefined;
  /** REST events only. There `headers` holds the last value of each. */
  readonly multiValueHeaders?: Readonly<Record<string, unknown>> | null | undefined;
}

/** API Gateway takes 10,240 bytes of headers; more values than this are no honest request. */
const MAX_VALUES = 100;

/**
 * All values of a header in the order in which they came, at most 100, whatever the case of its name.
 *
 * @param name in lower case
 */
export function headerValues(source: HeaderSource, name: string): readonly string[] {
  const several = collect(source.multiValueHeaders, name);
  return several.length > 0 ? several : collect(source.headers, name);
}

function collect(headers: unknown, name: string): string[] {
  const values: string[] = [];
  if (typeof headers !== 'object' || headers === null) return values;
  for (const [key, value] of Object.entries(headers)) {
    if (key.length !== name.length || key.toLowerCase() !== name) continue;
    for (const one of Array.isArray(value) ? value : [value]) {
      if (typeof one === 'string') values.push(one);
      if (values.length === MAX_VALUES) return values;
    }
  }
  return values;
}
