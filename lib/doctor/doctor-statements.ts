import { Lazy, Stack } from 'aws-cdk-lib';
import { PolicyStatement } from 'aws-cdk-lib/aws-iam';
import type { Construct } from 'constructs';
import { type DoctorSubjects, SCRATCH_PREFIX } from '../../lambda/doctor/subjects.ts';
import { REGISTRY } from '../../lambda/store/registry-keys.ts';
import type { AuthorizerFunction } from '../authorizer-function.ts';
import type { CounterTable } from '../counter-table.ts';
import type { RegistryTable } from '../registry-table.ts';

export interface Examined {
  readonly authorizer: AuthorizerFunction;
  readonly counters: CounterTable;
  readonly registry: RegistryTable;
  readonly subjects: () => DoctorSubjects;
}

/**
 * What the doctor may do: look at the gate's own APIs, function and tables, read the records of attachments, and write and
 * delete scratch items in the counters. It can mend nothing, and no counter of a caller is within its reach.
 */
export function doctorStatements(
  scope: Construct,
  { authorizer, counters, registry, subjects }: Examined,
): PolicyStatement[] {
  const { partition, region } = Stack.of(scope);
  // No account in the ARNs of the control plane.
  const gateway = (path: string): string => `arn:${partition}:apigateway:${region}::${path}`;
  const onApis = Lazy.list({
    produce: () => [
      ...subjects().apis.flatMap(({ kind, apiId }) => {
        const api = gateway(kind === 'rest' ? `/restapis/${apiId}` : `/apis/${apiId}`);
        return [api, `${api}/*`];
      }),
      gateway('/usageplans'),
    ],
  });
  return [
    new PolicyStatement({ actions: ['apigateway:GET'], resources: onApis }),
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
