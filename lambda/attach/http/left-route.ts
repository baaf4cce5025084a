import type { LeftRoute } from '../model.ts';
import type { HttpRoute, HttpState } from './http-state.ts';

/** A route that keeps its own authorizer, and what can be done about it. */
export function leftRoute(route: HttpRoute, { authorizers }: HttpState): LeftRoute {
  const name = authorizers.find(({ id }) => id === route.authorizerId)?.name ?? route.authorizerId;
  const whom = {
    JWT: `the JWT authorizer "${name}"`,
    CUSTOM: `the authorizer "${name}" (CUSTOM)`,
    AWS_IAM: 'IAM authorization',
  }[route.authorizationType];
  return {
    route: route.route,
    reason: `it has ${whom ?? `authorization ${route.authorizationType}`}, and a route has one authorizer: it is not limited`,
    waysOn: [
      ...(route.authorizationType === 'CUSTOM' ? ['`limit()` inside your authorizer (`withRateLimit`)'] : []),
      'the middleware in the backend',
      '`replace: true` (yours is not asked any more, and comes back on detaching)',
    ],
  };
}
