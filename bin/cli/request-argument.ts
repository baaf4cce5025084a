import { METHODS } from '../../lambda/policy/pattern.ts';
import { UsageError } from './exit.ts';

/** A request as a person names it: `POST /login`. */
export interface RequestArgument {
  readonly method: string;
  readonly path: string;
}

/** @throws UsageError (HG201) where it is not a method and a path */
export function parseRequest(text: string): RequestArgument {
  const [method = '', path = '', ...more] = text.trim().split(/\s+/);
  const upper = method.toUpperCase();
  if (!(METHODS as readonly string[]).includes(upper) || !path.startsWith('/') || more.length > 0) {
    throw new UsageError(
      `\`${text}\` is not a request. Write a method (${METHODS.join(', ')}) and a path: "POST /login".`,
    );
  }
  return { method: upper, path: path.replace(/[?#].*$/, '') };
}
