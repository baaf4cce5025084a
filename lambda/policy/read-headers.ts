import type { HeaderStyle } from './policy.ts';
import { choice } from './read-limit.ts';
import type { Report } from './report.ts';
import { HEADER_STYLES } from './schema.ts';

/** The policy's `headers`; nothing where it says what holds without it. Words that are none are said elsewhere. */
export function readHeaders(value: unknown, report: Report): { readonly headers?: readonly HeaderStyle[] } {
  if (!Array.isArray(value)) return {};
  const styles: HeaderStyle[] = [];
  for (const [index, one] of value.entries()) {
    const style = choice(one, HEADER_STYLES);
    if (style === undefined) continue;
    if (!styles.includes(style)) styles.push(style);
    else {
      report.add(['headers', index], {
        code: 'HG104',
        message: `\`${style}\` stands twice`,
        allowed: 'each once',
        mend: 'take one of them away',
      });
    }
  }
  return styles.length === 1 && styles[0] === 'x-ratelimit' ? {} : { headers: styles };
}
