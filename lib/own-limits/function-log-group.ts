import { Stack, Token } from 'aws-cdk-lib';
import type { CfnFunction, Function as LambdaFunction } from 'aws-cdk-lib/aws-lambda';
import type { Construct } from 'constructs';

export interface FunctionLogGroup {
  readonly name: string;
  /** Something in the app makes it, so that it is there when the stack is. Lambda makes its own with the first run. */
  readonly isMade: boolean;
}

/**
 * The log group of a function, as the stack of `reader` can name it; undefined for a function of another stack whose name is
 * known at deployment only: that stack depends on the reader's already. Not `fn.logGroup`, which makes a resource.
 */
export function functionLogGroup(fn: LambdaFunction, reader: Construct): FunctionLogGroup | undefined {
  const isNear = Stack.of(fn) === Stack.of(reader);
  const resource = fn.node.defaultChild as CfnFunction;
  const { logGroup } = (resource.loggingConfig ?? {}) as CfnFunction.LoggingConfigProperty;
  const isKnown = (name: string | undefined): name is string => name !== undefined && !Token.isUnresolved(name);
  if (logGroup !== undefined) return isNear || isKnown(logGroup) ? { name: logGroup, isMade: true } : undefined;
  const name = isNear ? fn.functionName : resource.functionName;
  return isNear || isKnown(name) ? { name: `/aws/lambda/${name}`, isMade: false } : undefined;
}
