import type { AttachTarget } from './model.ts';

type Api = Pick<AttachTarget, 'kind' | 'apiId'>;

/**
 * What the handler's role needs on API Gateway for one API, as paths of `arn:PARTITION:apigateway:REGION::PATH`. It can
 * neither delete the API, a route or a stage, nor touch another one.
 */
export function attachPermissions({ kind, apiId }: Api): readonly {
  readonly actions: readonly string[];
  readonly paths: readonly string[];
}[] {
  const api = kind === 'rest' ? `/restapis/${apiId}` : `/apis/${apiId}`;
  const below = (...paths: string[]): string[] => paths.map((path) => `${api}/${path}`);
  const read = { actions: ['apigateway:GET'], paths: [api, `${api}/*`] };
  const make = { actions: ['apigateway:POST'], paths: below('authorizers', 'deployments') };
  if (kind === 'http') {
    return [
      read,
      make,
      { actions: ['apigateway:PATCH'], paths: below('authorizers/*', 'routes/*', 'integrations/*', 'stages/*') },
      { actions: ['apigateway:DELETE'], paths: below('authorizers/*', 'deployments/*') },
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
