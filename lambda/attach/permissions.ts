import type { AttachTarget } from './model.ts';

type Api = Pick<AttachTarget, 'kind' | 'apiId'>;

interface Permission {
  readonly actions: readonly string[];
  readonly paths: readonly string[];
}

/**
 * What the handler's role needs on API Gateway for one API, as paths of `arn:PARTITION:apigateway:REGION::PATH`. It can
 * neither delete the API, a route or a stage, nor touch another one.
 */
export function attachPermissions({ kind, apiId }: Api): readonly Permission[] {
  const api = kind === 'rest' ? `/restapis/${apiId}` : `/apis/${apiId}`;
  const below = (...paths: string[]): string[] => paths.map((path) => `${api}/${path}`);
  const read = { actions: ['apigateway:GET'], paths: [api, `${api}/*`] };
  const make = { actions: ['apigateway:POST'], paths: below('authorizers', 'deployments') };
  if (kind === 'http') {
    return [
      read,
      make,
      { actions: ['apigateway:PATCH'], paths: below('authorizers/*', 'routes/*', 'integrations/*', 'stages/*') },
      { actions: ['apigateway:DELETE'], paths: below('authorizers/*', 'deployments/*', 'stages/*/accesslogsettings') },
    ];
  }
  return [
    read,
    make,
    { actions: ['apigateway:PUT'], paths: below('gatewayresponses/*') },
    { actions: ['apigateway:PATCH'], paths: below('authorizers/*', 'resources/*/methods/*', 'stages/*') },
    { actions: ['apigateway:DELETE'], paths: below('authorizers/*', 'deployments/*', 'gatewayresponses/*') },
  ];
}

/**
 * What API Gateway asks of whoever sets the access log of an HTTP API's stage; CloudWatch Logs has no resource for these.
 *
 * @see https://docs.aws.amazon.com/AmazonCloudWatch/latest/logs/AWS-logs-infrastructure-CWL.html
 */
export const LOG_DELIVERY_ACTIONS = [
  'logs:CreateLogDelivery',
  'logs:GetLogDelivery',
  'logs:UpdateLogDelivery',
  'logs:DeleteLogDelivery',
  'logs:ListLogDeliveries',
  'logs:PutResourcePolicy',
  'logs:DescribeResourcePolicies',
  'logs:DescribeLogGroups',
] as const;

/** Of these, what it takes to take the access log away again that an earlier deployment has set. */
export const LOG_DELIVERY_END_ACTIONS = [
  'logs:GetLogDelivery',
  'logs:UpdateLogDelivery',
  'logs:DeleteLogDelivery',
  'logs:ListLogDeliveries',
] as const;

/** What it needs to list the routes of an API. */
export function readRoutesPermission({ kind, apiId }: Api): {
  readonly actions: readonly string[];
  readonly path: string;
} {
  return {
    actions: ['apigateway:GET'],
    path: kind === 'rest' ? `/restapis/${apiId}/resources` : `/apis/${apiId}/routes`,
  };
}
