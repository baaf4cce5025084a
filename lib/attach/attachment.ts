import { CustomResource, Lazy, Stack } from 'aws-cdk-lib';
import { Policy as IamPolicy, PolicyStatement, ServicePrincipal } from 'aws-cdk-lib/aws-iam';
import { Construct } from 'constructs';
import type { AttachmentTarget } from '../../lambda/attach/model.ts';
import { attachPermissions, LOG_DELIVERY_ACTIONS, LOG_DELIVERY_END_ACTIONS } from '../../lambda/attach/permissions.ts';
import { ATTACHMENT_FORMAT, ATTACHMENT_RESOURCE, type ExpectedRoutes } from '../../lambda/attach/resource.ts';
import type { AttachedApi } from '../../lambda/policy/attached-api.ts';
import type { HeaderStyle } from '../../lambda/policy/policy.ts';
import { REGISTRY } from '../../lambda/store/registry-keys.ts';
import type { AuthorizerFunction } from '../authorizer-function.ts';
import { gatewayArn } from '../gateway-arn.ts';
import { authorizerArn } from '../protection/rest-authorizer.ts';
import type { RegistryTable } from '../registry-table.ts';
import type { AttachProvider } from './attach-provider.ts';

export interface AttachmentProps {
  readonly api: AttachedApi;
  readonly gateName: string;
  /** The policy's `headers`. */
  readonly headers: readonly HeaderStyle[] | undefined;
  /** ARN of the log group for stages without an access log. Absent: access logs are left alone. */
  readonly accessLog?: string | undefined;
  readonly authorizer: AuthorizerFunction;
  readonly registry: RegistryTable;
  readonly provider: AttachProvider;
  /** Read when the template is written. */
  readonly expected: () => ExpectedRoutes;
}

/**
 * A gate in front of one API of another stack. When it goes, from the app or with its stack, the API gets back what it had.
 *
 * What the handler may do on this API and in its records is a policy of its own, which the resource depends on:
 * CloudFormation deletes in that order, so that whoever takes an attachment out of the app does not take the permission
 * to detach along with it. The same holds for the permission to invoke the authorizer.
 */
export class Attachment extends Construct {
  readonly api: AttachedApi;
  /** What the API is attached with, apart from the gate itself: for the handler, and for whoever examines it. */
  readonly target: AttachmentTarget;
  readonly resource: CustomResource;
  readonly permissions: IamPolicy;

  constructor(scope: Construct, id: string, props: AttachmentProps) {
    super(scope, id);
    const { api, gateName, headers, accessLog, authorizer, registry, provider, expected } = props;
    const stack = Stack.of(this);
    this.api = api;
    this.target = { ...api, ...(headers && { headers }), ...(accessLog && { accessLog }) };
    this.permissions = new IamPolicy(this, 'Permissions', {
      statements: [...onApi(stack, api), onRecords(registry, api), ...onLogDelivery(api, accessLog !== undefined)],
      roles: [provider.role],
    });
    authorizer.fn.addPermission('Invoke', {
      scope: this,
      principal: new ServicePrincipal('apigateway.amazonaws.com'),
      // API Gateway gives the authorizer its id when it is attached.
      sourceArn: authorizerArn(stack, api.apiId, '*'),
    });
    if (api.deny === 'middleware') authorizer.allowSoftDeny(api.apiId);
    if (api.passKeys) authorizer.passKeysTo(api.apiId);
    this.resource = new CustomResource(this, 'Resource', {
      resourceType: ATTACHMENT_RESOURCE.type,
      serviceToken: provider.provider.serviceToken,
      properties: {
        [ATTACHMENT_RESOURCE.target]: stack.toJsonString({
          ...this.target,
          functionArn: authorizer.fn.functionArn,
          gate: gateName,
        }),
        [ATTACHMENT_RESOURCE.expected]: Lazy.string({ produce: () => JSON.stringify(expected()) }),
        [ATTACHMENT_RESOURCE.format]: ATTACHMENT_FORMAT,
      },
    });
    this.resource.node.addDependency(provider, this.permissions, this.node.findChild('Invoke'), registry);
  }
}

function onApi(stack: Stack, api: AttachedApi): PolicyStatement[] {
  return attachPermissions(api).map(
    ({ actions, paths }) =>
      new PolicyStatement({ actions: [...actions], resources: paths.map((path) => gatewayArn(stack, path)) }),
  );
}

/**
 * A REST API writes by the account's role, and whoever sets its log needs no more than to set it. Without an access log the
 * handler still has to take one away that an earlier deployment has set: permissions change before the attachment does.
 */
function onLogDelivery({ kind }: AttachedApi, writes: boolean): PolicyStatement[] {
  if (kind === 'rest') return [];
  const actions = writes ? LOG_DELIVERY_ACTIONS : LOG_DELIVERY_END_ACTIONS;
  return [new PolicyStatement({ actions: [...actions], resources: ['*'] })];
}

/** The records of this API alone: the table holds every client of the gate. */
function onRecords({ table }: RegistryTable, { kind, apiId }: AttachedApi): PolicyStatement {
  return new PolicyStatement({
    actions: ['dynamodb:Query', 'dynamodb:PutItem', 'dynamodb:DeleteItem'],
    resources: [table.tableArn],
    conditions: {
      'ForAllValues:StringEquals': { 'dynamodb:LeadingKeys': [REGISTRY.attachmentPartition(kind, apiId)] },
    },
  });
}
