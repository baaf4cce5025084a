import { Lazy, Stack } from 'aws-cdk-lib';
import { PolicyStatement } from 'aws-cdk-lib/aws-iam';
import type { Construct } from 'constructs';
import { type ApiWithoutStage, SCRATCH_PREFIX, subjectsPath } from '../../lambda/doctor/subjects.ts';
import { REGISTRY } from '../../lambda/store/registry-keys.ts';
import type { AuthorizerFunction } from '../authorizer-function.ts';
import type { CounterTable } from '../counter-table.ts';
import { gatewayArn } from '../gateway-arn.ts';
import type { RegistryTable } from '../registry-table.ts';
import { apiArn } from './examined-thing.ts';

export interface Examined {
  readonly authorizer: AuthorizerFunction;
  readonly counters: CounterTable;
  readonly registry: RegistryTable;
  readonly gateName: string;
  /** Those of its own stack. */
  readonly apis: () => readonly ApiWithoutStage[];
}

/**
 * What the doctor may do: look at the gate's APIs in its own stack, its function and tables, read what to examine and the
 * records of attachments, and write and delete scratch items in the counters. A stack with other APIs adds those to its role.
 * It can mend nothing, and no counter of a caller is within its reach.
 */
export function doctorStatements(
  scope: Construct,
  { gateName, authorizer, counters, registry, apis }: Examined,
): PolicyStatement[] {
  const stack = Stack.of(scope);
  const gateway = Lazy.list({
    produce: () => [...apis().map((api) => apiArn(stack, api)), gatewayArn(stack, '/usageplans')],
  });
  const resourceName = subjectsPath(gateName).slice(1);
  return [
    new PolicyStatement({ actions: ['apigateway:GET'], resources: gateway }),
    new PolicyStatement({
      actions: ['ssm:GetParametersByPath'],
      resources: [stack.formatArn({ service: 'ssm', resource: 'parameter', resourceName })],
    }),
    new PolicyStatement({
      actions: ['lambda:GetFunctionConfiguration', 'lambda:GetFunctionConcurrency', 'lambda:GetPolicy'],
      resources: [authorizer.fn.functionArn],
    }),
    new PolicyStatement({
      actions: ['dynamodb:DescribeTable', 'dynamodb:DescribeTimeToLive'],
      resources: [counters.table.tableArn, registry.table.tableArn],
    }),
    new PolicyStatement({
      actions: ['dynamodb:DescribeContinuousBackups'],
      resources: [registry.table.tableArn],
    }),
    new PolicyStatement({
      actions: ['dynamodb:UpdateItem', 'dynamodb:DeleteItem'],
      resources: [counters.table.tableArn],
      conditions: { 'ForAllValues:StringLike': { 'dynamodb:LeadingKeys': [`${SCRATCH_PREFIX}*`] } },
    }),
    new PolicyStatement({
      actions: ['dynamodb:Query'],
      resources: [registry.table.tableArn],
      conditions: { 'ForAllValues:StringLike': { 'dynamodb:LeadingKeys': [REGISTRY.attachmentPartition('*', '*')] } },
    }),
  ];
}
