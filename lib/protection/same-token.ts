import { Stack } from 'aws-cdk-lib';
import type { IConstruct } from 'constructs';

/** Whether two values, tokens or not, are the same thing in the template of `scope`'s stack. */
export function sameToken(scope: IConstruct, a: unknown, b: unknown): boolean {
  if (a === b) return true;
  if (a === undefined || b === undefined) return false;
  const stack = Stack.of(scope);
  return JSON.stringify(stack.resolve(a)) === JSON.stringify(stack.resolve(b));
}
