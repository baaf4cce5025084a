import { types } from 'node:util';

/**
 * Jest runs a test in a realm of its own: errors of sockets are of Node's and no `instanceof Error` here, so that the
 * SDK wraps them and their code is lost. In a function there is one realm. This makes it so for the file that calls it.
 */
export function sameRealmErrors(): void {
  Object.defineProperty(Error, Symbol.hasInstance, {
    value(this: unknown, value: unknown): boolean {
      if (this === Error && types.isNativeError(value)) return true;
      return Function.prototype[Symbol.hasInstance].call(this, value);
    },
  });
}
