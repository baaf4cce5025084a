/** The longest value that is handed on. */
const MAX_LENGTH = 256;

/**
 * A text that is safe as a header's value, a context value and a JSON string without escapes: visible ASCII and spaces
 * without `"` and `\`, at most 256 characters. Anything else becomes `?`.
 */
export function safeText(text: string): string {
  return text
    .slice(0, MAX_LENGTH)
    .replace(/[^\x20-\x7e]/g, '?')
    .replaceAll('"', "'")
    .replaceAll('\\', '/');
}

/** A count or a time as digits; 0 for what is none. */
export function wholeNumber(value: number): string {
  return Number.isFinite(value) && value > 0 ? String(Math.min(Math.floor(value), Number.MAX_SAFE_INTEGER)) : '0';
}
