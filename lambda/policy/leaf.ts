import { z } from 'zod';

/** The message of a leaf that is read by a function which says more than a pattern can: see schema.ts. */
export const CHECKED = 'checked elsewhere';

export const HEADER_PATTERN = /^[A-Za-z0-9!#$%&'*+.^_`|~-]{1,128}$/;

export const text = (pattern: RegExp) => z.string(CHECKED).regex(pattern, CHECKED);
export const header = text(HEADER_PATTERN);
