import { accessLogElements, leftAccessLog } from '../access-log.ts';
import {
  type AttachRecords,
  type AttachTarget,
  AUTHORIZER,
  authorizerName,
  type Element,
  NEW_AUTHORIZER,
  type Obstacle,
  type Survey,
} from '../model.ts';
import { isOtherGate, otherGateObstacle } from '../other-gate.ts';
import { selectMethods } from '../rest/select-methods.ts';
import { invocationUri } from '../rest/values.ts';
import { sameValue } from '../value.ts';
import { mappingsUnderOurKeys, mapsOurHeaders, ourMappings } from './header-mappings.ts';
import type { HttpAuthorizer, HttpIntegration, HttpRoute, HttpState } from './http-state.ts';
import { leftRoute } from './left-route.ts';
import { unpublishedEdits } from './unpublished.ts';
import {
  authorizerValue,
  integrationElementKey,
  ourRouteValue,
  type RouteValue,
  routeElementKey,
  routeValue,
} from './values.ts';

/** Authorizers that an HTTP API may have. */
const MOST_AUTHORIZERS = 10;

/** What attaching would make of an HTTP API. Pure. */
export function surveyHttpApi(state: HttpState, target: AttachTarget, records: AttachRecords): Survey {
  const ours = ourAuthorizer(state, target, records);
  const { methods: routes, unknown } = selectMethods(state.routes, target.routes);
  const isFree = (route: HttpRoute) => ownRoute(route, ours, records).authorizationType === 'NONE';
  const taken = routes.filter((route) => target.replace === true || isFree(route));
  const elements: Element[] = [];
  if (taken.length > 0) {
    const authorizerId = ours?.id ?? NEW_AUTHORIZER;
    elements.push(authorizerElement(ours, target));
    elements.push(...taken.map((route) => routeElement(route, authorizerId)));
    elements.push(...headerElements(state, target, taken));
    elements.push(...accessLogElements(state.accessLogs, target, records));
  }
  return {
    elements,
    left: [
      ...routes
        .filter((route) => !taken.includes(route) && otherGateOf(route, state, target) === undefined)
        .map((route) => leftRoute(ownRoute(route, ours, records), state)),
      ...(taken.length > 0 ? leftAccessLog(state.accessLogs, target, records) : []),
    ],
    obstacles: [
      ...apiObstacles(state, target),
      ...unknown.map(({ method, path }) => ({
        what: 'no route of the API serves it',
        where: `${method} ${path}`,
        waysOn: ['correct the route', 'leave it out'],
      })),
      ...routes.flatMap((route) => {
        const gate = otherGateOf(route, state, target);
        return gate === undefined ? [] : [otherGateObstacle(route.route, gate)];
      }),
      ...(ours === undefined && taken.length > 0 ? authorizerObstacles(state, target) : []),
    ],
    unpublished: unpublishedEdits(state, target, records),
    behind: taken.filter((route) => isBehind(route, state, target, ours)).map(({ route }) => route),
  };
}

/** Ours by its name, and by its function or because we have noted that we made it. */
function ourAuthorizer(
  { authorizers }: HttpState,
  { gate, functionArn }: AttachTarget,
  records: AttachRecords,
): HttpAuthorizer | undefined {
  const named = authorizers.find(({ name }) => name === authorizerName(gate));
  return named && (records.has(AUTHORIZER) || named.uri === invocationUri(functionArn)) ? named : undefined;
}

/** A route as its owner has it: of one that asks us, what it was before. */
function ownRoute(route: HttpRoute, ours: HttpAuthorizer | undefined, records: AttachRecords): HttpRoute {
  if (ours === undefined || route.authorizerId !== ours.id) return route;
  const before = records.get(routeElementKey(route))?.before ?? { authorizationType: 'NONE' };
  const { authorizationType, authorizerId, scopes = [] } = before as unknown as RouteValue;
  const { authorizerId: _, ...rest } = route;
  return { ...rest, authorizationType, scopes, ...(authorizerId !== undefined && { authorizerId }) };
}

/** The name of another gate's authorizer on this route. */
function otherGateOf(
  { authorizerId }: HttpRoute,
  { authorizers }: HttpState,
  target: AttachTarget,
): string | undefined {
  const name = authorizers.find(({ id }) => id === authorizerId)?.name;
  return isOtherGate(name, target) ? name : undefined;
}

function authorizerElement(ours: HttpAuthorizer | undefined, { gate, functionArn }: AttachTarget): Element {
  const wanted = {
    name: authorizerName(gate),
    type: 'REQUEST',
    uri: invocationUri(functionArn),
    payloadFormat: '2.0',
    simpleResponses: true,
    // A cached Allow is no limit at all.
    ttl: 0,
    // A request without any header is decided as well.
    identitySource: [],
  };
  return {
    key: AUTHORIZER,
    text: `authorizer "${wanted.name}": ask the gate for every request, without caching`,
    present: ours ? authorizerValue(ours) : null,
    wanted: authorizerValue(wanted),
  };
}

function routeElement(route: HttpRoute, authorizerId: string): Element {
  return {
    key: routeElementKey(route),
    text: `${route.route}: ask the authorizer`,
    route: route.route,
    present: routeValue(route),
    wanted: ourRouteValue(authorizerId),
  };
}

/**
 * The headers on what passes. Not under `deny: middleware`, where the backends have the middleware that sets them; and
 * not on integrations that other routes use too, since the verdict is missing there.
 */
function headerElements(state: HttpState, { deny, headers }: AttachTarget, taken: readonly HttpRoute[]): Element[] {
  if (deny === 'middleware') return [];
  return state.integrations.flatMap((integration) => {
    const users = state.routes.filter((route) => route.integrationId === integration.id && route.method !== 'OPTIONS');
    if (users.length === 0 || !users.every((route) => taken.includes(route)) || mapsOurHeaders(integration)) return [];
    return [headerElement(integration, users, headers)];
  });
}

function headerElement(
  integration: HttpIntegration,
  users: readonly HttpRoute[],
  headers: AttachTarget['headers'],
): Element {
  const routes = users.map(({ route }) => route);
  const names =
    routes.length > 3 ? `${routes.slice(0, 3).join(', ')} and ${routes.length - 3} more` : routes.join(', ');
  return {
    key: integrationElementKey(integration.id),
    text: `integration ${integration.id} (${names}): rate limit headers on its answers`,
    present: mappingsUnderOurKeys(integration),
    wanted: ourMappings(headers),
  };
}

function apiObstacles({ protocol, stage }: HttpState, target: AttachTarget): Obstacle[] {
  if (protocol !== 'HTTP') {
    const what = `it is a ${protocol || 'different'} API, whose authorizers are asked once for each connection`;
    return [{ what, where: `API ${target.apiId}`, waysOn: ['name an HTTP API'] }];
  }
  const where = `stage "${target.stage}"`;
  if (stage === undefined) {
    return [{ what: 'the API has no such stage', where, waysOn: ['correct `stage`', 'make the stage first'] }];
  }
  if (!stage.autoDeploy && stage.deploymentId === undefined) {
    return [{ what: 'nothing is deployed to it yet', where, waysOn: ['deploy the API to it first'] }];
  }
  return [];
}

function authorizerObstacles({ authorizers }: HttpState, { gate }: AttachTarget): Obstacle[] {
  const name = authorizerName(gate);
  if (authorizers.some((authorizer) => authorizer.name === name)) {
    const what = 'the API has an authorizer of this name that asks another function';
    return [{ what, where: `authorizer "${name}"`, waysOn: ['rename or delete it', 'another `gateName`'] }];
  }
  if (authorizers.length < MOST_AUTHORIZERS) return [];
  const what = `the API has ${authorizers.length} authorizers, as many as an HTTP API may have`;
  return [{ what, where: 'authorizers', waysOn: ['delete one that no route asks'] }];
}

/** Ours on the API, but not in what the stage serves: somebody has put an older deployment back. */
function isBehind(
  route: HttpRoute,
  { exports }: HttpState,
  { gate }: AttachTarget,
  ours: HttpAuthorizer | undefined,
): boolean {
  if (ours === undefined || !sameValue(routeValue(route), ourRouteValue(ours.id))) return false;
  const served = exports?.served?.operations.get(route.route);
  return served !== undefined && !served.security.includes(authorizerName(gate));
}
