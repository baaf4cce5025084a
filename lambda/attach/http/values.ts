import type { UpdateRouteCommandInput } from '@aws-sdk/client-apigatewayv2';
import type { Json } from '../model.ts';
import type { HttpAuthorizer, HttpRoute } from './http-state.ts';

const ROUTE = 'route ';
const INTEGRATION = 'integration ';

/** By the route's key and not by its id, which a re-import of the API changes. */
export const routeElementKey = ({ route }: Pick<HttpRoute, 'route'>): string => `${ROUTE}${route}`;
export const integrationElementKey = (id: string): string => `${INTEGRATION}${id}`;

export const routeOfKey = (key: string): string | undefined =>
  key.startsWith(ROUTE) ? key.slice(ROUTE.length) : undefined;
export const integrationOfKey = (key: string): string | undefined =>
  key.startsWith(INTEGRATION) ? key.slice(INTEGRATION.length) : undefined;

/** The authorization of a route, and nothing else of it: that is all that attaching changes. */
export interface RouteValue {
  readonly authorizationType: string;
  readonly authorizerId?: string;
  readonly scopes?: readonly string[];
}

export function routeValue({ authorizationType, authorizerId, scopes }: HttpRoute): Json {
  return {
    authorizationType,
    ...(authorizerId !== undefined && { authorizerId }),
    ...(scopes.length > 0 && { scopes }),
  };
}

export const ourRouteValue = (authorizerId: string): Json => ({ authorizationType: 'CUSTOM', authorizerId });

/** Type and authorizer go together: API Gateway refuses an authorizer without the type, and `NONE` takes it away. */
export function routeUpdate(from: RouteValue, to: RouteValue): Partial<UpdateRouteCommandInput> {
  const scopes = to.scopes ?? [];
  return {
    AuthorizationType: to.authorizationType as NonNullable<UpdateRouteCommandInput['AuthorizationType']>,
    ...(to.authorizerId !== undefined && { AuthorizerId: to.authorizerId }),
    ...((scopes.length > 0 || (from.scopes ?? []).length > 0) && { AuthorizationScopes: [...scopes] }),
  };
}

export type AuthorizerValue = Omit<HttpAuthorizer, 'id'>;

export function authorizerValue(authorizer: AuthorizerValue): Json {
  const { name, type, uri, payloadFormat, simpleResponses, ttl, identitySource } = authorizer;
  return { name, type, uri, payloadFormat, simpleResponses, ttl, identitySource: [...identitySource] };
}
