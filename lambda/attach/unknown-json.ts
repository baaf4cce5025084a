/** A map of an export or a parameter. What is in it is not known before it is looked at. */
export type Shape = Readonly<Record<string, unknown>>;

/** What a text says; undefined where it is no JSON. */
export function parse(text: string): unknown {
  try {
    return JSON.parse(text);
  } catch {
    return undefined;
  }
}

/** The value, where it is a map. */
export const shape = (value: unknown): Shape | undefined =>
  value !== null && typeof value === 'object' && !Array.isArray(value) ? (value as Shape) : undefined;
