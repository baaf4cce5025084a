import { canonicalJson } from '../policy/canonical-json.ts';
import type { Json } from './model.ts';

/** Whether two values are equal, whatever the order of their names. */
export function sameValue(a: Json | undefined, b: Json | undefined): boolean {
  return a === undefined || b === undefined ? a === b : canonicalJson(a) === canonicalJson(b);
}
