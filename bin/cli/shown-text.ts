/** Bold, dim, the colours of the front, and their ends: what `style` writes. Not "hidden" (8), with which text could be lost. */
const OWN_STYLE = String.raw`\u001b\[(?:1|2|22|3[0-7]|39)m`;
/** Control characters, and those that turn the direction of writing or are not seen. */
const UNSEEN = String.raw`[\p{Cc}\p{Cf}\u2028\u2029]`;
const STYLE_OR_UNSEEN = new RegExp(`${OWN_STYLE}|(?!\\n)${UNSEEN}`, 'gu');
const UNSEEN_RUN = new RegExp(`${UNSEEN}+`, 'gu');

/**
 * A text that a terminal only shows. Much of what a command shows was written by others: the reason of an alarm, an item of
 * the registry, a name in the account. An escape sequence in it could write into the clipboard, or hide a line.
 */
export function shownText(text: string): string {
  return text.replace(STYLE_OR_UNSEEN, (found) => (found.length > 2 ? found : '?'));
}

/** The same of JSON text, which stays the same JSON: there a control character can stand as an escape. */
export function shownJson(text: string): string {
  return text.replace(STYLE_OR_UNSEEN, (found) =>
    Array.from({ length: found.length }, (_, i) => `\\u${found.charCodeAt(i).toString(16).padStart(4, '0')}`).join(''),
  );
}

/** A text of somebody else's as part of a line: it adds no line of its own. */
export function oneLine(text: string): string {
  return text.replace(UNSEEN_RUN, ' ');
}

/** The last instant that a date can be, Unix seconds. */
const LAST = 8.64e12;

/** A time of Unix seconds as ISO 8601, whatever number it is: an item that somebody has written must not stop a command. */
export function instantText(seconds: number): string {
  return new Date(Math.max(-LAST, Math.min(LAST, seconds || 0)) * 1000).toISOString();
}
