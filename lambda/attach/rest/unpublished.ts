import { GATEWAY_ANSWERS } from '../../http/gateway-answers.ts';
import type { AttachRecords, AttachTarget, Obstacle } from '../model.ts';
import { authorizerName } from '../model.ts';
import { sameValue } from '../value.ts';
import { integrationShape } from './integration-shape.ts';
import { responseKey } from './keys.ts';
import type { RestMethod, RestResponse, RestSnapshot, RestState } from './rest-state.ts';
import { responseValue } from './values.ts';

/**
 * How the API differs from what its stage serves, apart from what we have changed: a deployment would publish that.
 *
 * Compared are the methods, their authorization and need of a key (from the deployment's summary), and integrations and
 * gateway responses (from the stage's export). Models, validators, parameters of methods and the resource policy are not:
 * API Gateway gives no snapshot of them that could be compared.
 */
export function unpublishedEdits(state: RestState, target: AttachTarget, records: AttachRecords): Obstacle[] {
  const { snapshot, methods } = state;
  const served = snapshot && servedRoutes(snapshot);
  if (snapshot === undefined || served === undefined) return [];
  const live = new Map(methods.map((method) => [method.route, method]));
  const edits: Edit[] = [];
  for (const method of methods) {
    const what = served.has(method.route) ? methodEdit(method, state, snapshot, target) : 'it was added';
    if (what !== undefined) edits.push({ where: method.route, what });
  }
  for (const route of served) if (!live.has(route)) edits.push({ where: route, what: 'it was removed' });
  edits.push(...responseEdits(state, snapshot, records));
  return edits.map(({ where, what }) => ({
    where,
    what: `${what}, and stage "${target.stage}" does not serve that yet: our deployment would publish it`,
    waysOn: ['publish or undo it first', '`publishPending: true`'],
  }));
}

interface Edit {
  readonly where: string;
  readonly what: string;
}

/** Whether what a stage serves asks the gate's authorizer on this route. `undefined`: it cannot be told. */
export function servedAsks(snapshot: RestSnapshot, route: string, target: AttachTarget): boolean | undefined {
  const operation = snapshot.exported?.operations.get(route);
  if (operation !== undefined) return operation.security.includes(authorizerName(target.gate));
  const summary = snapshot.summary?.get(route);
  return summary === undefined || summary.authorizationType === 'CUSTOM' ? undefined : false;
}

function servedRoutes({ summary, exported }: RestSnapshot): ReadonlySet<string> | undefined {
  const routes = summary ?? exported?.operations;
  return routes && new Set(routes.keys());
}

function methodEdit(
  method: RestMethod,
  { authorizers }: RestState,
  snapshot: RestSnapshot,
  target: AttachTarget,
): string | undefined {
  const summary = snapshot.summary?.get(method.route);
  const exported = snapshot.exported?.operations.get(method.route);
  const name = authorizers.find(({ id }) => id === method.authorizerId)?.name;
  const isOurs = name === authorizerName(target.gate) || servedAsks(snapshot, method.route, target) !== false;
  if (summary !== undefined && summary.apiKeyRequired !== method.apiKeyRequired) {
    return `its need of an API key was turned ${method.apiKeyRequired ? 'on' : 'off'}`;
  }
  if (summary !== undefined && !isOurs && summary.authorizationType !== method.authorizationType) {
    return `its authorization was changed from ${summary.authorizationType} to ${method.authorizationType}`;
  }
  if (exported !== undefined && !isOurs && name !== undefined && !exported.security.includes(name)) {
    return `its authorizer was changed to "${name}"`;
  }
  if (exported?.integration === undefined && method.integration === undefined) return undefined;
  // An export without integrations tells nothing about them.
  if (exported === undefined || ![...snapshot.exported!.operations.values()].some(hasIntegration)) return undefined;
  const same = sameValue(integrationShape(exported.integration), integrationShape(method.integration));
  return same ? undefined : 'its integration was changed';
}

const hasIntegration = ({ integration }: { readonly integration?: unknown }): boolean => integration !== undefined;

function responseEdits({ responses }: RestState, { exported }: RestSnapshot, records: AttachRecords): Edit[] {
  const served = exported?.responses;
  if (served === undefined) return [];
  const others = [...served.keys(), ...responses.keys()].filter((type) => !records.has(responseKey(type)));
  const types = new Set(others.filter((type) => !isHeadgates(type, served.get(type))));
  const differing = [...types].filter((type) => {
    const [now, then] = [responses.get(type), served.get(type)];
    return !sameValue(responseValue(now), responseValue(then));
  });
  return differing.map((type) => ({ where: `gateway response ${type}`, what: 'it was changed' }));
}

/** What a stage still serves of ours after it was given back. */
function isHeadgates(type: string, served: RestResponse | undefined): boolean {
  const body = served?.responseTemplates['application/json'];
  return body !== undefined && GATEWAY_ANSWERS.some((answer) => answer.type === type && answer.body === body);
}
