/** Texts of an event, which may be anything; long ones are cut. */
export function text(value: unknown, maxLength = 256): string {
  return typeof value === 'string' ? value.slice(0, maxLength) : '';
}

/** A member of something that may be no object. */
export function member(value: unknown, ...keys: readonly string[]): unknown {
  let found = value;
  for (const key of keys) {
    if (typeof found !== 'object' || found === null || !Object.hasOwn(found, key)) return undefined;
    found = (found as Record<string, unknown>)[key];
  }
  return found;
}

/** An object of an event, for example its headers. */
export function record(value: unknown): Readonly<Record<string, unknown>> | undefined {
  return typeof value === 'object' && value !== null ? (value as Record<string, unknown>) : undefined;
}

/** Path parameters: texts only. */
export function texts(value: unknown): Readonly<Record<string, string>> | undefined {
  const given = record(value);
  if (given === undefined) return undefined;
  return Object.fromEntries(
    Object.entries(given).filter((entry): entry is [string, string] => typeof entry[1] === 'string'),
  );
}
