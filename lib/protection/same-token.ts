import {
  DefaultTokenResolver,
  type IResolvable,
  type IResolveContext,
  Reference,
  StringConcat,
  Tokenization,
} from 'aws-cdk-lib';
import type { IConstruct } from 'constructs';

/**
 * Whether two values, tokens or not, are the same thing. References are told apart by what they refer to: in the templates
 * of two stacks that are built alike, the references to their APIs read the same.
 */
export function sameToken(scope: IConstruct, a: unknown, b: unknown): boolean {
  if (a === b) return true;
  if (a === undefined || b === undefined) return false;
  return JSON.stringify(named(scope, a)) === JSON.stringify(named(scope, b));
}

const named = (scope: IConstruct, value: unknown): unknown =>
  Tokenization.resolve(value, { scope, resolver: new NamesOfReferences(new StringConcat()), preparing: false });

/** Resolves all but references, for which it names the construct and the attribute. */
class NamesOfReferences extends DefaultTokenResolver {
  override resolveToken(
    token: IResolvable,
    context: IResolveContext,
    postProcessor: Parameters<DefaultTokenResolver['resolveToken']>[2],
  ) {
    if (Reference.isReference(token)) return `${token.target.node.path}.${token.displayName}`;
    return super.resolveToken(token, context, postProcessor);
  }
}
