import { accessLogElements, leftAccessLog } from '../access-log.ts';
import {
  type AttachRecords,
  type AttachTarget,
  AUTHORIZER,
  authorizerName,
  type Element,
  type LeftRoute,
  NEW_AUTHORIZER,
  type Obstacle,
  type Survey,
} from '../model.ts';
import { isOtherGate, otherGateObstacle } from '../other-gate.ts';
import { isOurs } from '../plan.ts';
import { sameValue } from '../value.ts';
import { wantedResponse } from './answers.ts';
import { authorizationText, denyHazards, ownDenyResponse } from './hazards.ts';
import { letsNobodyIn, lockedMethod, lostKeyObstacles } from './key-source.ts';
import { methodKey, responseKey } from './keys.ts';
import type { RestAuthorizer, RestMethod, RestState } from './rest-state.ts';
import { selectMethods } from './select-methods.ts';
import { servedAsks, unpublishedEdits } from './unpublished.ts';
import {
  authorizerValue,
  invocationUri,
  type MethodValue,
  methodValue,
  ourMethodValue,
  responseValue,
} from './values.ts';

/** Authorizers that a REST API may have, unless AWS has raised it. */
const MOST_AUTHORIZERS = 10;

/** What attaching a gate wants of a REST API. Pure. */
export function surveyRestApi(state: RestState, target: AttachTarget, records: AttachRecords): Survey {
  const ours = ourAuthorizer(state, target, records);
  const { methods, unknown } = selectMethods(state.methods, target.routes);
  const own = (method: RestMethod) => ownMethod(method, ours, records);
  const isLocked = (method: RestMethod) => letsNobodyIn(own(method), state, target);
  const isFree = (method: RestMethod) => target.replace === true || own(method).authorizationType === 'NONE';
  const taken = methods.filter((method) => isFree(method) && !isLocked(method));
  const gateOf = (method: RestMethod) => otherGateOf(own(method), state, target);
  const isLeft = (method: RestMethod) => !taken.includes(method) && gateOf(method) === undefined;
  const keeping = state.methods.filter(isLeft).map(own).filter(hasAuthorization);

  const elements: Element[] = [];
  if (taken.length > 0) {
    elements.push(authorizerElement(ours, target));
    elements.push(...responseElements(state, target, records));
    elements.push(...taken.map((method) => methodElement(method, ours?.id ?? NEW_AUTHORIZER)));
    elements.push(...accessLogElements(state.accessLogs, target, records));
  }
  const answers429 = target.deny === undefined && taken.length > 0;
  return {
    elements,
    left: [
      ...methods
        .filter(isLeft)
        .map((method) => (isLocked(method) ? lockedMethod(method) : leftMethod(own(method), state))),
      ...(answers429 ? leftResponses(state, target, records) : []),
      ...(taken.length > 0 ? leftAccessLog(state.accessLogs, target, records) : []),
    ],
    obstacles: [
      ...stageObstacles(state, target),
      ...unknown.map(({ method, path }) => unknownRoute(`${method} ${path}`)),
      ...methods.flatMap((method) => otherGateObstacles(method, gateOf(method))),
      ...taken.flatMap((method) => lostKeyObstacles(own(method), state, target)),
      ...(ours === undefined && taken.length > 0 ? authorizerObstacles(state, target) : []),
      ...(answers429 && target.sharedDeny !== true ? denyHazards(state, keeping, records) : []),
    ],
    unpublished: unpublishedEdits(state, target, records),
    behind: taken.filter((method) => ours !== undefined && isBehind(method, state, target, ours)).map(routeOf),
  };
}

/** Ours by its name, and by its function or because we have noted that we made it. */
export function ourAuthorizer(
  { authorizers }: RestState,
  { gate, functionArn }: AttachTarget,
  records: AttachRecords,
): RestAuthorizer | undefined {
  const named = authorizers.find(({ name }) => name === authorizerName(gate));
  return named && (records.has(AUTHORIZER) || named.uri === invocationUri(functionArn)) ? named : undefined;
}

/** A method as its owner has it: of one that asks us, what it was before. */
function ownMethod(method: RestMethod, ours: RestAuthorizer | undefined, records: AttachRecords): RestMethod {
  if (ours === undefined || method.authorizerId !== ours.id) return method;
  const before = records.get(methodKey(method))?.before ?? { authorizationType: 'NONE' };
  const { authorizationType, authorizerId, scopes = [] } = before as unknown as MethodValue;
  const { authorizerId: _, ...rest } = method;
  return { ...rest, authorizationType, scopes, ...(authorizerId !== undefined && { authorizerId }) };
}

const hasAuthorization = ({ authorizationType }: RestMethod): boolean => authorizationType !== 'NONE';

/** The name of another gate's authorizer on this method. */
function otherGateOf(
  { authorizerId }: RestMethod,
  { authorizers }: RestState,
  target: AttachTarget,
): string | undefined {
  const name = authorizers.find(({ id }) => id === authorizerId)?.name;
  return isOtherGate(name, target) ? name : undefined;
}

function otherGateObstacles({ route }: RestMethod, gate: string | undefined): Obstacle[] {
  return gate === undefined ? [] : [otherGateObstacle(route, gate)];
}

function authorizerElement(ours: RestAuthorizer | undefined, { gate, functionArn }: AttachTarget): Element {
  const wanted = {
    name: authorizerName(gate),
    type: 'REQUEST',
    uri: invocationUri(functionArn),
    // A cached Allow is no limit at all; left out it would be 300 s.
    ttl: 0,
    // A request without any header is decided as well.
    identitySource: '',
  };
  return {
    key: AUTHORIZER,
    text: `authorizer "${wanted.name}": ask the gate for every request, without caching`,
    present: ours ? authorizerValue(ours) : null,
    wanted: authorizerValue(wanted),
  };
}

function methodElement(method: RestMethod, authorizerId: string): Element {
  return {
    key: methodKey(method),
    text: `${method.route}: ask the authorizer`,
    route: method.route,
    present: methodValue(method),
    wanted: ourMethodValue(authorizerId),
  };
}

/** 429 in place of 403, and the same form for the coarse layer's answers where the API has none of its own. */
function responseElements(state: RestState, target: AttachTarget, records: AttachRecords): Element[] {
  const types = ['THROTTLED', 'QUOTA_EXCEEDED'] as const;
  const wanted = [...(target.deny === undefined ? (['ACCESS_DENIED'] as const) : []), ...types];
  return wanted
    .filter((type) => !isOwn(type, state, records))
    .map((type) => {
      const present = responseValue(state.responses.get(type));
      const response = wantedResponse(type, state, target.headers);
      const text = `gateway response ${type}: status ${response.statusCode} with Retry-After and a problem+json body`;
      return { key: responseKey(type), text, present, wanted: responseValue(response) };
    });
}

function isOwn(type: string, { responses }: RestState, records: AttachRecords): boolean {
  const response = responses.get(type);
  if (response === undefined) return false;
  const record = records.get(responseKey(type));
  return record === undefined || !isOurs(record, responseValue(response));
}

function leftMethod(method: RestMethod, state: RestState): LeftRoute {
  return {
    route: method.route,
    reason: `it has ${authorizationText(method, state)}, and a method has one authorizer: it is not limited`,
    waysOn: [
      ...(method.authorizationType === 'CUSTOM' ? ['`limit()` inside your authorizer (`withRateLimit`)'] : []),
      'the middleware in the backend',
      '`replace: true` (yours is not asked any more, and comes back on detaching)',
    ],
  };
}

function leftResponses(state: RestState, target: AttachTarget, records: AttachRecords): LeftRoute[] {
  const status = ownDenyResponse(state, records);
  if (status === undefined || (status !== '429' && target.sharedDeny !== true)) return [];
  if (readsAsOurs('ACCESS_DENIED', state, target)) return [];
  return [
    {
      route: 'gateway response ACCESS_DENIED',
      reason: `the API has its own, with status ${status || '403'}: limited requests read as it says`,
      waysOn: ['delete it and deploy again, for ours'],
    },
  ];
}

/** A response that the template of the app has made, or another gate: there is nothing to say about it. */
function readsAsOurs(type: 'ACCESS_DENIED', state: RestState, { headers }: AttachTarget): boolean {
  const present = state.responses.get(type);
  const { statusCode, responseTemplates } = wantedResponse(type, state, headers);
  return present?.statusCode === statusCode && sameValue({ ...present.responseTemplates }, { ...responseTemplates });
}

function stageObstacles({ stage }: RestState, target: AttachTarget): Obstacle[] {
  const where = `stage "${target.stage}"`;
  if (stage === undefined) {
    return [{ what: 'the API has no such stage', where, waysOn: ['correct `stage`', 'deploy the API to it first'] }];
  }
  if (stage.canary) {
    const what = 'a canary release is under way, and a deployment would go into the middle of it';
    return [{ what, where, waysOn: ['promote or delete the canary first'] }];
  }
  if (stage.deploymentId === undefined) {
    return [{ what: 'nothing is deployed to it yet', where, waysOn: ['deploy the API to it first'] }];
  }
  return [];
}

const unknownRoute = (where: string): Obstacle => ({
  what: 'no method of the API serves this route',
  where,
  waysOn: ['correct the route', 'leave it out'],
});

function authorizerObstacles({ authorizers }: RestState, { gate }: AttachTarget): Obstacle[] {
  const name = authorizerName(gate);
  if (authorizers.some((authorizer) => authorizer.name === name)) {
    const what = 'the API has an authorizer of this name that asks another function';
    return [{ what, where: `authorizer "${name}"`, waysOn: ['rename or delete it', 'another `gateName`'] }];
  }
  if (authorizers.length < MOST_AUTHORIZERS) return [];
  const what = `the API has ${authorizers.length} authorizers, as many as a REST API may have by default`;
  return [{ what, where: 'authorizers', waysOn: ['delete one that no method asks'] }];
}

/** Ours on the API, but not in what the stage serves: somebody has put an older deployment back. */
function isBehind(method: RestMethod, { snapshot }: RestState, target: AttachTarget, ours: RestAuthorizer): boolean {
  if (snapshot === undefined || !sameValue(methodValue(method), ourMethodValue(ours.id))) return false;
  const known = snapshot.summary?.has(method.route) ?? snapshot.exported?.operations.has(method.route) ?? false;
  return known && servedAsks(snapshot, method.route, target) === false;
}

const routeOf = ({ route }: RestMethod): string => route;
