import type { AttachTarget } from './model.ts';

/**
 * What the handler's role needs on API Gateway for one API, as paths of `arn:PARTITION:apigateway:REGION::PATH`. It can
 * neither delete the API nor touch another one.
 */
export function attachPermissions({ kind, apiId }: Pick<AttachTarget, 'kind' | 'apiId'>): readonly {
  readonly actions: readonly string[];
  readonly paths: readonly string[];
}[] {
  const api = kind === 'rest' ? `/restapis/${apiId}` : `/apis/${apiId}`;
  return [
    { actions: ['apigateway:GET'], paths: [api, `${api}/*`] },
    { actions: ['apigateway:POST', 'apigateway:PUT', 'apigateway:PATCH', 'apigateway:DELETE'], paths: [`${api}/*`] },
  ];
}
